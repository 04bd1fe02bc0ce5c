//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Metrics of one name and one meaning, which labels tell apart.
package struct MetricFamily: Sendable, Hashable {
    /// What the figures do over time.
    package enum Kind: String, Sendable {
        /// Only grows, but for a new start of the process.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations by size.
        case histogram
    }

    /// One figure.
    package enum Value: Sendable, Hashable {
        case number(Double)
        case histogram(Histogram)
    }

    /// How many observations fell below each bound.
    package struct Histogram: Sendable, Hashable {
        /// The upper bounds, ascending.
        package let bounds: [Double]
        /// How many observations fell between each bound and the one before it; one more than bounds, for what lies above.
        package let counts: [UInt64]
        /// What all observations make together.
        package let sum: Double

        /// Creates a histogram.
        package init(bounds: [Double], counts: [UInt64], sum: Double) {
            precondition(counts.count == bounds.count + 1, "Cannot count in other buckets than the bounds make")
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }
    }

    /// A figure and the labels that tell it apart.
    package struct Sample: Sendable, Hashable {
        /// The labels, by name.
        package let labels: [String: String]
        /// The figure.
        package let value: Value

        /// Creates a sample.
        package init(_ labels: [String: String], _ value: Value) {
            self.labels = labels
            self.value = value
        }
    }

    /// The name, kind and meaning.
    package let description: MetricDescription
    /// The figures.
    package let samples: [Sample]

    /// Creates a family.
    package init(_ description: MetricDescription, _ samples: [Sample]) {
        self.description = description
        self.samples = samples
    }

    /// Creates a family of one figure, or of none where there is none.
    package init(_ description: MetricDescription, _ number: Double?) {
        self.init(description, number.map { [Sample([:], .number($0))] } ?? [])
    }

    /// Creates a family of numbers told apart by one label.
    package init(_ description: MetricDescription, by label: String, _ numbers: [(String, Double)]) {
        self.init(description, numbers.map { Sample([label: $0.0], .number($0.1)) })
    }
}
