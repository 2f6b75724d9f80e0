#!/usr/bin/env python3
"""Counts words that plain English does without, and summaries that begin with a wh-word, in comments and docs.

Usage: tests/plain-english.py [--list]
Prints two lines, "marker words: N in M (R in 10,000)" and "wh-summaries: N in M (R %)"; with --list every place before them.
Comments are those of C# files; docs are Markdown files outside of code.
"""
import pathlib
import re
import sys

MARKERS = ["whoever", "whomever", "whatever", "whichever", "nobody", "somebody", "anew", "in vain", "meanwhile", "for ever",
           "over there", "is to", "are to", "comes of", "came of", "dealt with", "tells"]
MARKER = re.compile(r"\b(" + "|".join(marker.replace(" ", r"\s+") for marker in MARKERS) + r")\b", re.IGNORECASE)
WH_WORD = re.compile(r"(what|who|whom|whose|which|whether|how|where|when|why|whatever|whoever)\b", re.IGNORECASE)
SUMMARY = re.compile(r"<(?:summary|content)>\s*(?:///\s*)?(?=\S)")
COMMENT = re.compile(r"^\s*//+(.*)$|\s//\s(.*)$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
SKIPPED_FOLDERS = {".git", "bin", "obj", "artifacts"}


def files(root):
    for path in sorted(root.rglob("*")):
        if path.suffix in (".cs", ".md") and not SKIPPED_FOLDERS & set(path.relative_to(root).parts):
            yield path


def prose(path, text):
    """The text with everything that is not prose blanked out: offsets and lines stay."""
    if path.suffix == ".md":
        return CODE.sub(lambda code: re.sub(r"[^\n]", " ", code.group()), text)
    kept = [" " if character != "\n" else "\n" for character in text]
    for comment in COMMENT.finditer(text):
        group = 1 if comment.group(1) is not None else 2
        start, end = comment.span(group)
        kept[start:end] = text[start:end]
    return "".join(kept)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    places = []
    words = markers = summaries = wh_summaries = 0
    for path in files(root):
        text = path.read_text(encoding="utf-8-sig")
        plain = prose(path, text)
        words += len(re.findall(r"[A-Za-z][A-Za-z']*", plain))
        for marker in MARKER.finditer(plain):
            markers += 1
            places.append((path, plain.count("\n", 0, marker.start()) + 1, marker.group()))
        if path.suffix == ".cs":
            for summary in SUMMARY.finditer(text):
                summaries += 1
                if first := WH_WORD.match(text, summary.end()):
                    wh_summaries += 1
                    places.append((path, text.count("\n", 0, first.start()) + 1, f"summary: {first.group()}"))
    if "--list" in sys.argv[1:]:
        for path, line, found in places:
            print(f"{path.relative_to(root)}:{line}: {found}")
    print(f"marker words: {markers} in {words} ({markers / words * 10_000:.1f} in 10,000)")
    print(f"wh-summaries: {wh_summaries} in {summaries} ({wh_summaries / summaries * 100:.1f} %)")


main()
