#include "self_check_answers.hpp"

namespace twoway::core {
namespace {

// clang-format off
constexpr std::array kAeadAnswers{
    // McGrew and Viega, The Galois/Counter Mode of Operation, test case 4
    AeadAnswer{AeadId::aes128_gcm,
        /*key*/ "feffe9928665731c6d6a8f9467308308",
        /*nonce*/ "cafebabefacedbaddecaf888",
        /*aad*/ "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        /*plaintext*/
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c959568"
        "09532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        /*ciphertext*/
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466"
        "931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
        /*tag*/ "5bc94fbc3221a5db94fae95ae7121a47"},
    // McGrew and Viega, test case 16
    AeadAnswer{AeadId::aes256_gcm,
        /*key*/ "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        /*nonce*/ "cafebabefacedbaddecaf888",
        /*aad*/ "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        /*plaintext*/
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c959568"
        "09532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        /*ciphertext*/
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590d"
        "bb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        /*tag*/ "76fc6ece0f4e1768cddf8853bb2d551b"},
    // RFC 8439 section 2.8.2
    AeadAnswer{AeadId::chacha20_poly1305,
        /*key*/ "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        /*nonce*/ "070000004041424344454647",
        /*aad*/ "50515253c0c1c2c3c4c5c6c7",
        /*plaintext*/
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f662027"
        "39393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020"
        "666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
        /*ciphertext*/
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9"
        "671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee3"
        "28091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
        /*tag*/ "1ae10b594f09e26a7e902ecbd0600691"},
};

// HKDF: the inputs of RFC 5869 appendix A.1, whose own answer is for SHA-256. Those for SHA-384 and
// SHA-512 were computed from HMAC with Python's hmac. SHAKE: the same input keying material,
// answered by Python's hashlib, and for TurboSHAKE by PyCryptodome.
constexpr std::array kKdfAnswers{
    KdfAnswer{KdfId::hkdf_sha256,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "000102030405060708090a0b0c",
        /*info*/ "f0f1f2f3f4f5f6f7f8f9",
        /*prk*/ "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        /*output*/
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8"
        "87185865"},
    KdfAnswer{KdfId::hkdf_sha384,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "000102030405060708090a0b0c",
        /*info*/ "f0f1f2f3f4f5f6f7f8f9",
        /*prk*/
        "704b39990779ce1dc548052c7dc39f303570dd13fb39f7acc564680bef80e8dec70ee9a7e1f3"
        "e293ef68eceb072a5ade",
        /*output*/
        "9b5097a86038b805309076a44b3a9f38063e25b516dcbf369f394cfab43685f748b6457763e4"
        "f0204fc5"},
    KdfAnswer{KdfId::hkdf_sha512,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "000102030405060708090a0b0c",
        /*info*/ "f0f1f2f3f4f5f6f7f8f9",
        /*prk*/
        "665799823737ded04a88e47e54a5890bb2c3d247c7a4254a8e61350723590a26c36238127d86"
        "61b88cf80ef802d57e2f7cebcf1e00e083848be19929c61b4237",
        /*output*/
        "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9"
        "f925d7cb"},
    KdfAnswer{KdfId::shake128,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "",
        /*info*/ "",
        /*prk*/ "",
        /*output*/
        "65c69a138984bb2c18ae6f4d5ada0f5c3609b2be1907535415fe6ed6fe414d60308887aa0ecc"
        "f66b5308"},
    KdfAnswer{KdfId::shake256,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "",
        /*info*/ "",
        /*prk*/ "",
        /*output*/
        "2927a98f0facbf0bccbbf54082ee3863fcc3369b5a333d3214b069f2e0b61b9969deacba9d39"
        "d24874cd"},
    KdfAnswer{KdfId::turboshake128,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "",
        /*info*/ "",
        /*prk*/ "",
        /*output*/
        "a11e617459e309214dc3252bf9d15d8a5cc69e7d4154078bc8e9a96b7abe9eb6c46604157a42"
        "59e465c5"},
    KdfAnswer{KdfId::turboshake256,
        /*ikm*/ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        /*salt*/ "",
        /*info*/ "",
        /*prk*/ "",
        /*output*/
        "701fdb7441a04491950c79ad0cc064e53229b582fe555a5b6cfd26601243d27b4415cb5a0413"
        "4f023920"},
};

constexpr std::array kDhAnswers{
    // NIST CAVS 14.1, ECC CDH Primitive (SP 800-56A), P-256, count 0
    DhAnswer{DhId::p256,
        /*sk*/ "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
        /*pk*/
        "04ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b23028af61281f"
        "d35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141",
        /*peer*/
        "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3"
        "fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
        /*secret*/ "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"},
    // The same, P-384, count 0
    DhAnswer{DhId::p384,
        /*sk*/
        "3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b15618b6818a661774ad463b205da8"
        "8cf699ab4d43c9cf98a1",
        /*pk*/
        "049803807f2f6d2fd966cdd0290bd410c0190352fbec7ff6247de1302df86f25d34fe4a97bef"
        "60cff548355c015dbb3e5fba26ca69ec2f5b5d9dad20cc9da711383a9dbe34ea3fa5a2af75b4"
        "6502629ad54dd8b7d73a8abb06a3a3be47d650cc99",
        /*peer*/
        "04a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272734466b400"
        "091adbf2d68c58e0c50066ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf"
        "243451915ed0905a32b060992b468c64766fc8437a",
        /*secret*/
        "5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f40ba7fcead493b457e5621e766c40"
        "a2e3d4d6a04b25e533f1"},
    // The same, P-521, count 0
    DhAnswer{DhId::p521,
        /*sk*/
        "017eecc07ab4b329068fba65e56a1f8890aa935e57134ae0ffcce802735151f4eac6564f6ee9"
        "974c5e6887a1fefee5743ae2241bfeb95d5ce31ddcb6f9edb4d6fc47",
        /*pk*/
        "0400602f9d0cf9e526b29e22381c203c48a886c2b0673033366314f1ffbcba240ba42f4ef38a"
        "76174635f91e6b4ed34275eb01c8467d05ca80315bf1a7bbd945f550a501b7c85f26f5d4b2d7"
        "355cf6b02117659943762b6d1db5ab4f1dbc44ce7b2946eb6c7de342962893fd387d1b73d7a8"
        "672d1f236961170b7eb3579953ee5cdc88cd2d",
        /*peer*/
        "0400685a48e86c79f0f0875f7bc18d25eb5fc8c0b07e5da4f4370f3a9490340854334b1e1b87"
        "fa395464c60626124a4e70d0f785601d37c09870ebf176666877a2046d01ba52c56fc8776d9e"
        "8f5db4f0cc27636d0b741bbe05400697942e80b739884a83bde99e0f6716939e632bc8986fa1"
        "8dccd443a348b6c3e522497955a4f3c302f676",
        /*secret*/
        "005fc70477c3e63bc3954bd0df3ea0d1f41ee21746ed95fc5e1fdf90930d5e136672d72cc770"
        "742d1711c3c3a4c334a0ad9759436a4d3c5bf6e74b9578fac148c831"},
    // RFC 7748 section 6.1
    DhAnswer{DhId::x25519,
        /*sk*/ "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        /*pk*/ "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        /*peer*/ "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        /*secret*/ "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    // RFC 7748 section 6.2
    DhAnswer{DhId::x448,
        /*sk*/
        "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a941974489"
        "7391006382a6f127ab1d9ac2d8c0a598726b",
        /*pk*/
        "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d9"
        "53d40c5b12da88120d53177f80e532c41fa0",
        /*peer*/
        "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232"
        "a13ca706dcb57aec3dae07bdc1c67bf33609",
        /*secret*/
        "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c33554"
        "3936521c24403085d59a449a5037514a879d"},
};

// Keys: draft-ietf-hpke-pq, test-vectors.json. `rejected` was computed with Python's hashlib and
// cryptography: K = J(z || c) of FIPS 203 section 6.3, and a hybrid's combiner over that.
constexpr std::array kKemAnswers{
    KemAnswer{KemId::ml_kem_512,
        /*ikm*/
        "d7c1c923cee18d6a91cada4526e4d72809749b68ae19fd32fe6c4ec5f82fa9472e336e68c541"
        "81766e5a978ecdf20d81977b94253a3827f9d9126bc91532bbe5",
        /*sk*/
        "fcc790d47249f00165299da5ea7e8fc878913ad9487ea6f437039dd605cb032e4ed9054818b7"
        "0b38fa139651fa80187a0f390d71af83d0661c76fb182c9fbd0c",
        /*pk_ends*/
        "b6a325284237f5fb45261cba99882a94d296a8fc6bb1510ee287704b6757cd15828e0479fd75"
        "7141b98d0829fccc7ef3c27cda544b3a777affa209d86b5e719d",
        /*rejected*/ "878880bc51cb0429ecadd2fce6508f66df78ac0a7b6ce24f9bf413f83ec7fb7e"},
    KemAnswer{KemId::ml_kem_768,
        /*ikm*/
        "353e522ee88da0097916c435377e3ffee4cd8288b910a79882f4ac87787cebe6ef7d126a2ef9"
        "1b2c37f741af42851a08d24a756b225d86d534902829896e726b",
        /*sk*/
        "e3408aae322a3628a4d641c2690d4eb212fd66f369782f2dd22fa293476c69957716be20e839"
        "20cd26a7710110a34ac3d5da7d90efdc9759812f5cf1a47e85bf",
        /*pk_ends*/
        "0665cd16340cd373c7a7290f9ce315ddb57b61778aebd15fae817be1622f5f1364c0b6df38ec"
        "cab8b16f84038256c344dd4449aae52821a49ed62df1767d1a4b",
        /*rejected*/ "ae7080a2e0dc831d0eec8c5217fda4f08c62c129e8ec7569fe303911f26dba03"},
    KemAnswer{KemId::ml_kem_1024,
        /*ikm*/
        "ece1c121b5cc978bdce5eb8d60e9ff101d65b94379898e800c37f79164a25d03264a357df7cd"
        "28214b11e171c94dea2338b736e7dbb6f00a0b1b280ae6ad1ba4",
        /*sk*/
        "c58f733ea1245a7a54723c30dbf0837acdd7e93c188692523b53b132b993a25af933368a76bb"
        "cbf1212e1d34d7128e32c387dc9b04a7ceb0e2b40e1e5769c57d",
        /*pk_ends*/
        "94c27955cc5863380245cbb32d564f4d86579f130e96947391f382f9931843966912c8ba4c3d"
        "d1399a1fd014fda88e38712368772684c68880728930425b37b5",
        /*rejected*/ "d35c70a62dd25ecb0ccc5f5cd89444369298b84866644300d8784785db2a1a90"},
    KemAnswer{KemId::mlkem768_p256,
        /*ikm*/ "5e28a96731c6665f07bb00811cd70f0d3d6c44666ca54cddbb7e5946053b6415",
        /*sk*/ "724eed44c3843d1f260f79b142ce633d602f7989a53ffc9fd4a68690c8e7baa5",
        /*pk_ends*/
        "4ae736fa988490bc81c4b9b253932c857357fdd015ebb52310d8bb75a7c4cb884aa47e3e4586"
        "4cd2eaa55d66ebaf2879aaf56ff888ccff46965204bdf84835e2",
        /*rejected*/ "acefbdf9347c6416e4548eadb780183b3c23244906d8aa0cb48accc3fe9ea87e"},
    KemAnswer{KemId::mlkem1024_p384,
        /*ikm*/ "0fce198c0c1ccfca5cd1ca8bc495b06696cbb8c733e708ead4531b2b294c38d2",
        /*sk*/ "dbdae0423ba0e5db3d6322601b8dc302d3051d4677142079c7bdf441f4c448dd",
        /*pk_ends*/
        "72e98103195375869acaecafed5a70808b0ec7603139ba6ecba9c6335510f088f56c4b21832e"
        "60c2f351d8362f616568f207fedfe2ea5cd6a2def2f79d3ff5e7",
        /*rejected*/ "02bce3da2a27a4508d59746cd81ee51e0f84aa0590b0fe7265bb2081b0b5c304"},
    KemAnswer{KemId::mlkem768_x25519,
        /*ikm*/ "b86e76a59fabfc87b30cd7b1f7aaa28a834eb64e7a261c197b9a842893fbce56",
        /*sk*/ "3ec47fa82dd5689d27c6190e724c74ec8f608df3331ce331929e37b829676630",
        /*pk_ends*/
        "f5fb01a5db909ac907ecc9524de9b9eaf4997dac7d22c961267c964403825160f57168661961"
        "2d7bc8206650c1d2fc9072220e7f4d4f557f15b33dcf32e5c837",
        /*rejected*/ "23babfa4c58ebb52d9621daf5d7c515759acb3d3d3eda89d720576389e5d136e"},
};
// clang-format on

}  // namespace

std::span<const AeadAnswer> aead_answers() noexcept { return kAeadAnswers; }
std::span<const KdfAnswer> kdf_answers() noexcept { return kKdfAnswers; }
std::span<const DhAnswer> dh_answers() noexcept { return kDhAnswers; }
std::span<const KemAnswer> kem_answers() noexcept { return kKemAnswers; }

}  // namespace twoway::core
