//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import Testing

@testable import GridPush

@Suite("What pushes say, and to whom")
struct PushContentTests {
    private static let liaison = PushStage.street.liaison(1, 1, 1)
    private static let now = Instant(milliseconds: 1_795_392_000_000)
    private static let writer = PushRequestWriter(
        texts: PushText(publicURL: "https://office.example/", zone: .china),
        gateway: nil
    )

    private static func message(
        _ kind: PushChannel.Kind,
        pushes: Int = 1,
        hasTitle: Bool = false,
        language: String = "zh"
    ) throws -> PushMessage {
        let order = try #require(OrderID("999999001-20261123-0007"))
        let list = (1...pushes).map { number in
            Push(
                n: Int64(number),
                channel: 1,
                notice: PushNotice(
                    post: liaison,
                    kind: .issued,
                    assignment: AssignmentID(rootOf: order).leg(number),
                    isUrgent: number == 1,
                    dueAt: now.adding(milliseconds: 36_000_000)
                ),
                at: now,
                notBefore: now,
                state: .sending,
                attempts: 1
            )
        }
        return PushMessage(
            id: "msg-1",
            channel: PushChannel(
                n: 1,
                owner: .post(liaison),
                kind: kind,
                address: "https://example.org/hook",
                secret: Array(0..<32),
                language: language,
                hasTitle: hasTitle,
                createdAt: now
            ),
            pushes: list,
            titles: hasTitle ? [AssignmentID(rootOf: order).leg(1): "查\n消防"] : [:],
            attempts: 1
        )
    }

    @Test("People read what happened, the number, the deadline and where to look, and nothing else")
    func text() throws {
        let texts = Self.writer.texts
        #expect(
            texts.text(of: try Self.message(.wecom)) == """
                【加急】新任务：999999001-20261123-0007.1，2026-11-23 18:00 前
                https://office.example/m/items/999999001-20261123-0007.1
                """
        )
        #expect(
            texts.text(of: try Self.message(.wecom, hasTitle: true, language: "en")) == """
                [Urgent] New assignment: 999999001-20261123-0007.1 “查 消防”, by 2026-11-23 18:00
                https://office.example/m/items/999999001-20261123-0007.1
                """
        )
    }

    @Test("Many things are counted, and the first of them named; no message is longer than a robot takes")
    func many() throws {
        let text = Self.writer.texts.text(of: try Self.message(.wecom, pushes: 200))
        let lines = text.split(separator: "\n")
        #expect(lines.first == "网格派工：200 件事项")
        #expect(lines.dropLast().last == "另有 190 项，详见网页。")
        #expect(lines.last == "https://office.example/m")
        #expect(lines.count == 13)
        #expect(text.utf8.count < 2_048)
    }

    @Test("A webhook's message is signed as Standard Webhooks has it")
    func signature() throws {
        // Computed by Python's hmac and base64.
        let text = WebhookSignature.text(
            id: "msg-1",
            timestamp: 1_795_392_000,
            Array(#"{"hello":"world"}"#.utf8),
            key: Array(0..<32)
        )
        #expect(text == "v1,AENXg19yzzTlnbQvXSQfFLi1HjVTDOH0FRLyY/vOPF0=")
        let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        #expect(WebhookSignature.text(ofSecret: Array(0..<32)) == secret)
        #expect(WebhookSignature.secret(secret) == Array(0..<32))
        #expect(WebhookSignature.secret("whsec_AAEC") == nil)
        let request = try Self.writer.request(for: try Self.message(.webhook), at: Self.now)
        #expect(request.headers.first { $0.name == "webhook-id" }?.value == "msg-1")
        #expect(request.headers.first { $0.name == "webhook-timestamp" }?.value == "1795392000")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"data":{"notices":[{"assignment":"999999001-20261123-0007.1","at":"2026-11-23T00:00:00.000Z","#
                + #""dueAt":"2026-11-23T10:00:00.000Z","kind":"issued","#
                + #""link":"https://office.example/m/items/999999001-20261123-0007.1","order":"999999001-20261123-0007","#
                + #""post":"liaison@99999900100100101001","urgent":true}]},"timestamp":"2026-11-23T00:00:00.000Z","#
                + #""type":"gridwork.push.v1"}"#
        )
    }

    private static func gateway(_ json: String) throws -> SMSGateway { try SMSGateway(json: Array(json.utf8)) }

    @Test("A gateway's places are filled as their surroundings need it")
    func gateway() throws {
        let form = try Self.gateway(
            #"{"url":"https://sms.example/?to={phone}","headers":{"content-type":"application/x-www-form-urlencoded"},"#
                + #""body":"m={text}&x={phone}"}"#
        )
        let request = form.request(to: "+8613800000000", "a&b {phone}\n新")
        #expect(request.url == "https://sms.example/?to=%2B8613800000000")
        #expect(
            String(decoding: request.body, as: UTF8.self) == "m=a%26b%20%7Bphone%7D%0A%E6%96%B0&x=%2B8613800000000"
        )
        let json = try Self.gateway(
            #"{"url":"https://sms.example/","headers":{"Content-Type":"application/json"},"#
                + #""body":"{\"to\":\"{phone}\",\"text\":\"{text}\"}"}"#
        )
        let body = json.request(to: "138", "say \"{phone}\" \\ \n\u{1}").body
        let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: String]
        #expect(object?["text"] == "say \"{phone}\" \\ \n\u{1}")
        #expect(object?["to"] == "138")
    }

    @Test(
        "A gateway's file that does not hold is refused with a reason",
        arguments: [
            "", "{}", #"{"url":"ftp://a/?{phone}{text}"}"#, #"{"url":"https://a/?{phone}"}"#,
            #"{"url":"https://a/?{phone}{text}","method":"DELETE"}"#,
            #"{"url":"https://a/?{phone}{text}","headers":{"A":"b\r\nC: d"}}"#,
        ]
    )
    func badGateway(json: String) {
        #expect(throws: SMSGateway.Unusable.self) { try Self.gateway(json) }
    }

    @Test("What a receiver answers is understood")
    func answers() {
        func result(_ kind: PushChannel.Kind, _ status: Int, _ body: String = "", retryAfter: Int64? = nil)
            -> PushOutcome.Result
        {
            PushAnswer(status: status, retryAfter: retryAfter, body: Array(body.utf8)).result(of: kind, success: nil)
        }
        #expect(result(.wecom, 200, #"{"errcode":0,"errmsg":"ok"}"#) == .sent)
        #expect(result(.wecom, 200, #"{"errcode":45009}"#) == .failed("wecom-45009", rest: 61_000))
        #expect(result(.wecom, 200, #"{"errcode":-1}"#) == .failed("wecom--1", rest: nil))
        #expect(result(.wecom, 200, #"{"errcode":93000}"#) == .refused("wecom-93000"))
        #expect(result(.wecom, 200, "<html>") == .failed("bad-answer", rest: nil))
        #expect(result(.webhook, 204) == .sent)
        #expect(result(.webhook, 302) == .refused("redirect"))
        #expect(result(.webhook, 410) == .refused("http-410"))
        #expect(result(.webhook, 500) == .failed("http-500", rest: nil))
        #expect(result(.webhook, 429) == .failed("http-429", rest: 60_000))
        #expect(result(.webhook, 503, retryAfter: 7) == .failed("http-503", rest: 7_000))
        #expect(result(.webhook, 503, retryAfter: .max) == .failed("http-503", rest: 3_600_000))
        let word = PushAnswer(status: 200, retryAfter: nil, body: Array(#"{"code":7}"#.utf8))
        #expect(word.result(of: .sms, success: "\"code\":0") == .declined("gateway"))
        #expect(word.result(of: .sms, success: "\"code\":7") == .sent)
    }
}
