"""Keys in a SoftHSM token, which is made for the run, on this library's side."""

import os
import shutil
import subprocess
from itertools import product
from pathlib import Path

import cases_hpke
from cases_multi import Multi
from cases_ohttp import SHORT, TEXTS, Exchange, common, form_name, forms, suites
from drivers import Driver, Skipped
from material import KEMS, suite_name

MODULES = [*Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"), Path("/usr/lib/softhsm/libsofthsm2.so"),
           Path("/usr/lib64/pkcs11/libsofthsm2.so"), Path("/usr/local/lib/softhsm/libsofthsm2.so")]
TOKEN_KEMS = (0x10, 0x11, 0x12, 0x20)


def start(command, folder):
    """A driver of this library with a token of its own, and its keys by KEM."""
    module = os.environ.get("SOFTHSM2_MODULE") or next((str(m) for m in MODULES if m.exists()), None)
    if shutil.which("softhsm2-util") is None or module is None:
        raise Skipped("there is no SoftHSM")
    tokens = folder / "tokens"
    tokens.mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(config)}
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "interop", "--so-pin", "1234",
                    "--pin", "1234"], env={**os.environ, **environment}, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    driver = Driver(command, environment)
    driver.keys = {}
    if not driver.hello["token_keys"]:
        driver.stop()
        raise Skipped("this build opens no keys in tokens")
    for kem in [kem for kem in driver.hello["hpke"]["kems"] if kem in TOKEN_KEMS]:
        uri = f"pkcs11:token=interop;object={KEMS[kem]}?module-path={module}&pin-value=1234"
        made = driver.request("public_key", kem=kem, uri=uri, make=True)
        if made["ok"]:
            driver.keys[kem] = {"uri": uri, "public": bytes.fromhex(made["public"])}
    return driver


def run(report, ours, peer):
    """The peer seals, and the token's key opens."""
    if "hpke" in peer.hello:
        for kem, kdf, aead in cases_hpke.suites(peer, ours):
            for mode in cases_hpke.modes(peer, ours, kem, kdf):
                if kem in ours.keys:
                    cases_hpke.exchange(report, peer, ours, mode, kem, kdf, aead, "tokens",
                                        ours.keys[kem])
    if offer := common(peer, ours):
        for suite, (q, r) in product(suites(offer), forms(offer)):
            if suite[0] in ours.keys:
                with report.case("tokens", f"{form_name(q)} and {form_name(r)}, {suite_name(*suite)}"):
                    Exchange(peer, ours, suite, request_chunked=q, response_chunked=r,
                             key=ours.keys[suite[0]]).run(TEXTS["odd sizes"], SHORT)
    if offer := common(peer, ours, "multi"):
        for suite, (q, r) in product(suites(offer), forms(offer)):
            if suite[0] in ours.keys:
                key = ours.keys[suite[0]]
                with report.case("tokens", f"multi, {form_name(q)} and {form_name(r)}, "
                                           f"{suite_name(*suite)}"):
                    Multi(peer, ours, suite, 2, q, r, [key, key]).run(SHORT, SHORT)
