//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Prometheus' text format, version 0.0.4.
package enum ExpositionFormat {
    /// Its media type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes families, by name; one without figures is left out.
    package static func text(of families: [MetricFamily]) -> String {
        var text = ""
        for family in families.sorted(by: { $0.description.name < $1.description.name }) where !family.samples.isEmpty {
            let name = family.description.name
            text += "# HELP \(name) \(escaped(family.description.help, quotes: false))\n"
            text += "# TYPE \(name) \(family.description.kind.rawValue)\n"
            let samples = family.samples.map { (labels: labels($0.labels), value: $0.value) }
            for sample in samples.sorted(by: { $0.labels < $1.labels }) {
                write(sample.value, of: name, labels: sample.labels, to: &text)
            }
        }
        return text
    }

    private static func write(_ value: MetricFamily.Value, of name: String, labels: String, to text: inout String) {
        switch value {
        case .number(let number):
            text += "\(name)\(braced(labels)) \(written(number))\n"
        case .histogram(let histogram):
            var total: UInt64 = 0
            for (bound, count) in zip(histogram.bounds + [.infinity], histogram.counts) {
                total += count
                let bucket = labels + (labels.isEmpty ? "" : ",") + "le=\"\(written(bound))\""
                text += "\(name)_bucket\(braced(bucket)) \(total)\n"
            }
            text += "\(name)_sum\(braced(labels)) \(written(histogram.sum))\n"
            text += "\(name)_count\(braced(labels)) \(total)\n"
        }
    }

    private static func labels(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
            .joined(separator: ",")
    }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    /// The text with what would end it escaped: a line feed, a backslash, and inside quotes a quote.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func written(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        // Whole numbers as people write them, as far as they are exact.
        if number.rounded() == number, abs(number) < 9_007_199_254_740_992 { return "\(Int64(number))" }
        return "\(number)"
    }
}
