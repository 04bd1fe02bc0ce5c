import ArgumentParser

struct BenchCommand: AsyncParsableCommand {}
