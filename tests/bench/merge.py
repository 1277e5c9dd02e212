"""Makes one document of those that Google Benchmark's programs wrote: the context of the first, and
the benchmarks of all. A program that had none to run wrote an empty file."""
import json
import sys

documents = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.strip():
        documents.append(json.loads(text))
merged = {
    "context": documents[0]["context"] if documents else {},
    "benchmarks": [run for document in documents for run in document["benchmarks"]],
}
json.dump(merged, sys.stdout, indent=2)
print()
