//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages

extension Catalogue {
    /// A post as people name it: place, role and who holds it.
    func post(_ post: PostAddress, in organization: Organization) -> String {
        self.post(post, organization.unit(of: post).map(\.name), in: organization)
    }

    /// The same with the units between hers and it, where many posts have the same name.
    func post(_ post: PostAddress, for access: Access) -> String {
        let name = access.organization.unit(of: post).map { unit in
            (place(above: post, for: access) + [unit.name]).joined(separator: self("placeSeparator"))
        }
        return self.post(post, name, in: access.organization)
    }

    private func post(_ post: PostAddress, _ place: String?, in organization: Organization) -> String {
        guard let unit = organization.unit(of: post), let place else { return "\(post)" }
        let role = organization.level(of: unit).roleTitle
        return self("post", ["unit": place, "role": role, "holder": unit.holder])
    }

    /// The names of the units between hers and a post, from above; none for a post that is not below hers.
    private func place(above post: PostAddress, for access: Access) -> [String] {
        let own = access.held.map(\.code).filter { $0.contains(post.code) && $0 != post.code }
        guard let nearest = own.max(by: { $0.length < $1.length }) else { return [] }
        return access.organization.levels.map(\.codeLength)
            .filter { $0 > nearest.length && $0 < post.code.length }
            .compactMap { post.code.prefix($0).flatMap { access.organization.unit($0)?.name } }
    }

    /// What a file says of a post: the units between hers and it by themselves, to be sorted by, and then the post.
    func postColumns(isFile: Bool) -> [DataTable.Column] {
        (isFile ? [.init(title: self("columnWithin"))] : []) + [.init(title: self("columnPost"))]
    }

    /// What is in these columns.
    ///
    /// - Parameter link: Where the post leads.
    func postCells(_ post: PostAddress, for access: Access, isFile: Bool, link: String? = nil) -> [DataTable.Cell] {
        isFile
            ? [.text(within(post, for: access)), .text(self.post(post, in: access.organization))]
            : [.text(self.post(post, for: access), link: link)]
    }

    /// The units between hers and a post, as one text.
    func within(_ post: PostAddress, for access: Access) -> String {
        place(above: post, for: access).joined(separator: self("placeSeparator"))
    }
}
