//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore

/// What a receiver answered.
struct PushAnswer: Sendable, Equatable {
    var status: Int
    /// For how many seconds it asks to be left alone.
    var retryAfter: Int64?
    /// The beginning of the body.
    var body: [UInt8] = []

    /// What that says of the message.
    ///
    /// A redirection is not followed: it would hand the message, and a robot's key, to whoever it names.
    ///
    /// - Parameters:
    ///   - kind: What was asked.
    ///   - success: What a gateway's answer has in it when it took the message, if it has to have something.
    func result(of kind: PushChannel.Kind, success: String?) -> PushOutcome.Result {
        switch status {
        case 200..<300: taken(by: kind, success: success)
        case 300..<400: .refused("redirect")
        case 408, 425, 429, 500...: .failed("http-\(status)", rest: rest)
        default: .refused("http-\(status)")
        }
    }

    /// How long it asks to be left alone, an hour at most; a minute where it takes no more for now and says not how long.
    private var rest: Int64? {
        if let retryAfter { return min(max(0, retryAfter), 3_600) * 1_000 }
        return status == 429 ? 60_000 : nil
    }

    private func taken(by kind: PushChannel.Kind, success: String?) -> PushOutcome.Result {
        switch kind {
        case .webhook:
            return .sent
        case .sms:
            guard let success else { return .sent }
            return String(decoding: body, as: UTF8.self).contains(success) ? .sent : .declined("gateway")
        case .wecom:
            struct Word: Decodable {
                let errcode: Int
            }
            // Robots say with status 200 what is wrong.
            guard let word = try? JSONDecoder().decode(Word.self, from: Data(body)) else {
                return .failed("bad-answer", rest: nil)
            }
            switch word.errcode {
            case 0: return .sent
            case -1: return .failed("wecom--1", rest: nil)
            case 45_009: return .failed("wecom-45009", rest: RateWindow.robot.milliseconds)
            default: return .refused("wecom-\(word.errcode)")
            }
        }
    }
}
