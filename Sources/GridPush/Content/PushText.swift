//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
package import GridRuntime
import GridStore

/// A message as people read it: what happened, the case number, until when it is to be done, and where to look.
///
/// No more than that: whatever else a work order says stays on its node. Its title, which somebody wrote, is told only
/// where the channel asks for it.
package struct PushText: Sendable {
    /// How many bytes a message has at most: a robot takes 2,048, a short message should be much shorter.
    static let maximumLength = 1_800
    /// How many things a message names at most.
    static let maximumLines = 10
    /// How many characters of a title are told.
    static let maximumTitle = 30

    private let publicURL: String?
    private let zone: OfficeZone

    /// Creates a writer of messages.
    ///
    /// - Parameters:
    ///   - publicURL: Where people reach the node; nil when nobody said so: messages then name no address.
    ///   - zone: By whose clocks times are told.
    package init(publicURL: String?, zone: OfficeZone) {
        self.publicURL = publicURL.map { url in url.hasSuffix("/") ? String(url.dropLast()) : url }
        self.zone = zone
    }

    /// The text of a message.
    func text(of message: PushMessage) -> String {
        let texts = Catalogue.of(Language(rawValue: message.channel.language) ?? .zh)
        let lines = message.pushes.map { line($0, message.titles[$0.notice.assignment], texts) }
        if lines.count == 1, let push = message.pushes.first {
            return (lines + [link(to: push)].compactMap(\.self)).joined(separator: "\n")
        }
        var shown = [texts("pushHead", ["count": "\(lines.count)"])]
        for line in lines.prefix(Self.maximumLines) {
            guard (shown + [line]).joined(separator: "\n").utf8.count <= Self.maximumLength else { break }
            shown.append(line)
        }
        let more = lines.count - (shown.count - 1)
        if more > 0 { shown.append(texts("pushMore", ["count": "\(more)"])) }
        if let publicURL { shown.append(publicURL + "/m") }
        return shown.joined(separator: "\n")
    }

    /// Where what is told can be looked at; nil where nobody said where people reach the node.
    func link(to push: Push) -> String? {
        guard let publicURL else { return nil }
        return push.notice.kind == .trial ? publicURL + "/m" : "\(publicURL)/m/items/\(push.notice.assignment)"
    }

    private func line(_ push: Push, _ title: String?, _ texts: Catalogue) -> String {
        let event = texts("push", of: push.notice.kind.rawValue)
        guard push.notice.kind != .trial else { return event }
        var line = texts("pushLine", ["event": event, "number": push.notice.assignment.text])
        if let title { line += texts("pushTitle", ["title": Self.shortened(title)]) }
        if let dueAt = push.notice.dueAt { line += texts("pushDue", ["time": time(dueAt)]) }
        return push.notice.isUrgent ? texts("pushUrgent", ["line": line]) : line
    }

    /// The time on the office's clocks, `2026-11-23 18:00`.
    private func time(_ instant: Instant) -> String {
        String(zone.reading(at: instant).description.prefix(16).replacing("T", with: " "))
    }

    private static func shortened(_ title: String) -> String {
        let line = title.replacing(/\s+/, with: " ")
        return line.count > maximumTitle ? line.prefix(maximumTitle) + "…" : line
    }
}
