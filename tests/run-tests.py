#!/usr/bin/env python3
"""Runs the projects of tests in both configurations, which are built, and ends with one line: N passed, N failed.

Usage: tests/run-tests.py RESULTS_FOLDER
Two projects run side by side, and each runs two tests at once, so that two cores have work while some tests wait for programs that they have started. The
longest projects come first. What a project prints is shown as a whole when it has ended. A program that a project leaves running is a failure; all are
ended, also after SIGINT and SIGTERM.
"""
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as tree

SIDE_BY_SIDE = 2
FRAMEWORK = "net10.0"
CONFIGURATIONS = ("Release", "Debug")

# The longest first, so that no long one is left for the end. One that is not here comes last.
LONGEST = ["Sluice.Remote.Tests", "Sluice.Repository.Tests", "Sluice.Tests", "Sluice.Portability.Tests", "Sluice.Loop.Tests", "Sluice.Durable.Tests", "Sluice.Events.Tests",
           "Sluice.PostgreSql.Tests", "Sluice.Sqlite.Tests", "Sluice.Worker.Tests", "Sluice.Tool.Tests", "Sluice.Expat.Tests", "Sluice.Seams.Tests", "Sluice.Layering.Tests"]

# Costly families to which it makes no difference what the compiler emits run in Release alone.
FILTERS = {"Debug": ["--filter", "Configuration!=Release"], "Release": []}

# Programs of the SDK that stay for the next build, which may be another project's: they are ended last, and are no failure.
STAYING = ("VBCSCompiler", "/nodemode:")

START = time.monotonic()


def elapsed():
    minutes, seconds = divmod(int(time.monotonic() - START), 60)
    return f"{minutes} min {seconds} s"


class Run:
    """One project in one configuration, as a session of its own: what it starts can be found and ended."""

    def __init__(self, project, configuration):
        self.project, self.configuration = project, configuration
        self.name = f"{project.name}.{configuration}"
        self.left = []
        self._process = None
        self._lock = threading.Lock()
        self._is_over = False

    def run(self, results):
        # The built file rather than the project, which MSBuild would look at first, for some seconds each.
        built = self.project / "bin" / self.configuration / FRAMEWORK / f"{self.project.name}.dll"
        command = ["dotnet", "test", str(built), *FILTERS[self.configuration],
                   "--logger", f"trx;LogFileName={self.name}.trx", "--results-directory", results, "--blame-hang-timeout", "10m", "--blame-hang-dump-type", "none"]
        begin = elapsed()
        with self._lock:
            if self._is_over:
                return ""
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        output = self._read()
        self.left = self._end_session(STAYING)
        return f"== {self.project.name} in {self.configuration}, from {begin} to {elapsed()}\n{output}"

    def _read(self):
        """Its output up to its own end: a program that it has left behind may hold the pipe open."""
        chunks = []

        def read():
            while chunk := os.read(self._process.stdout.fileno(), 1 << 16):
                chunks.append(chunk)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self._process.wait()
        reader.join(2)
        return b"".join(chunks).decode(errors="replace")

    def end(self):
        """Ends all of it, wherever it is."""
        with self._lock:
            self._is_over = True
            if self._process is not None:
                self._end_session(but=())

    def _end_session(self, but):
        """Ends the programs that it has left, and returns their commands."""
        left = []
        for pid, command in session(self._process.pid):
            if not any(name in command for name in but):
                left.append(command)
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        return left


def session(leader):
    """The processes of a session that still run."""
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, _, _, number = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(number) == leader and state != "Z":
                    yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except (FileNotFoundError, ProcessLookupError):
                pass  # it has ended since


def run_all(runs, results):
    waiting, printing = list(runs), threading.Lock()
    taking = threading.Lock()

    def work():
        while True:
            with taking:
                if not waiting:
                    return
                run = waiting.pop(0)
            output = run.run(results)
            with printing:
                print(output, flush=True)

    threads = [threading.Thread(target=work) for _ in range(SIDE_BY_SIDE)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:  # also after a signal
        with taking:
            waiting.clear()
        for run in runs:
            run.end()


def summarize(runs, results):
    passed = failed = skipped = 0
    failures = []
    for run in runs:
        if run.left:
            print(f"test: {run.name} has left programs running, which were ended: {'; '.join(run.left)}")
            failed += 1
        report = pathlib.Path(results, run.name + ".trx")
        if not report.exists():
            print(f"test: no report of {run.name}; it crashed or hung, see above.")
            failed += 1
            continue
        report = tree.parse(report)
        failures += [(run, result) for result in report.iterfind(".//{*}UnitTestResult[@outcome='Failed']")]
        counters = report.find(".//{*}Counters").attrib
        total, ran = int(counters["total"]), int(counters["executed"])
        passed += int(counters["passed"])
        skipped += total - ran
        failed += ran - int(counters["passed"])
        if total == 0 and run.configuration == "Release":  # the filter may leave none for Debug
            print(f"test: {run.name} had no tests.")
            failed += 1

    for run, result in failures:  # again, since what was printed at the time is far above
        message = (result.findtext(".//{*}Message") or "").strip()
        print(f"failed: {result.attrib['testName']} in {run.name}\n    " + message[:1000].replace("\n", "\n    "))

    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed


def main():
    def stop(number, frame):
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    results = sys.argv[1]
    projects = sorted(pathlib.Path("tests").glob("*.Tests"), key=lambda project: LONGEST.index(project.name) if project.name in LONGEST else len(LONGEST))
    runs = [Run(project, configuration) for configuration in CONFIGURATIONS for project in projects]
    run_all(runs, results)
    sys.exit(1 if summarize(runs, results) else 0)


main()
