// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTree} from "../../contracts/libraries/SumTree.sol";
import {SumNode} from "../../contracts/types/Batch.sol";
import {SumTreeBuilder} from "../helpers/SumTreeBuilder.sol";
import {Test} from "../helpers/Vm.sol";

contract SumTreeTest is Test {
    /// @dev One claim about one leaf.
    struct Claim {
        bytes32 root;
        uint256 total;
        uint256 count;
        bytes32 id;
        uint128 coverage;
        uint256 index;
        SumNode[] path;
    }

    function testFuzz_verify_acceptsEveryLeaf(uint256 seed, uint256 count) public view {
        count = bound(count, 1, 33);
        for (uint256 i; i < count; ++i) this.verify(_claim(seed, count, i));
    }

    function test_verify_acceptsASingleLeafWithoutAPath() public view {
        Claim memory claim = _claim(1, 1, 0);
        assertEq(claim.path.length, 0, "path length");
        assertEq(claim.root, keccak256(abi.encodePacked(hex"10", claim.id, claim.coverage)), "root");
        this.verify(claim);
    }

    function test_verify_acceptsATreeOf32Levels() public view {
        Claim memory claim;
        (claim.id, claim.coverage, claim.count, claim.index) = ("id", 5, type(uint32).max, 1 << 31);
        claim.path = new SumNode[](32);
        SumNode memory top = SumTreeBuilder.leaf("id", 5);
        for (uint256 i; i < 32; ++i) {
            claim.path[i] = SumNode(bytes32(i), uint128(i));
            bool left = (claim.index >> i) & 1 == 0;
            top =
                left ? SumTreeBuilder.parent(top, claim.path[i]) : SumTreeBuilder.parent(claim.path[i], top);
        }
        (claim.root, claim.total) = (top.digest, top.sum);
        this.verify(claim);
    }

    function testFuzz_verify_refusesAnotherTotal(uint256 seed, uint256 count, uint256 total) public {
        Claim memory claim = _any(seed, count);
        if (total == claim.total) total = claim.total - 1;
        claim.total = total;
        _refusePath(claim);
    }

    function testFuzz_verify_refusesALoweredSum(uint256 seed, uint256 count, uint256 level) public {
        Claim memory claim = _any(seed, bound(count, 2, 33));
        SumNode memory sibling = claim.path[bound(level, 0, claim.path.length - 1)];
        if (sibling.sum == 0) return;
        (sibling.sum, claim.total) = (sibling.sum - 1, claim.total - 1);
        _refusePath(claim);
    }

    function testFuzz_verify_refusesAChangedSiblingSum(uint256 seed, uint256 level, uint128 sum) public {
        Claim memory claim = _any(seed, 9);
        SumNode memory sibling = claim.path[bound(level, 0, claim.path.length - 1)];
        if (sum == sibling.sum) ++sum;
        // What the sibling gains or loses, the total follows: only the digest can notice.
        unchecked {
            claim.total = claim.total - sibling.sum + sum;
        }
        sibling.sum = sum;
        _refusePath(claim);
    }

    function testFuzz_verify_refusesSumsShiftedBetweenSiblings(uint256 seed, uint128 amount) public {
        Claim memory claim = _any(seed, 8);
        amount = uint128(bound(amount, 1, claim.coverage));
        claim.coverage -= amount;
        claim.path[0].sum += amount;
        _refusePath(claim);
    }

    function testFuzz_verify_refusesAChangedSibling(uint256 seed, uint256 level, uint256 bit) public {
        Claim memory claim = _any(seed, 9);
        SumNode memory sibling = claim.path[bound(level, 0, claim.path.length - 1)];
        sibling.digest = bytes32(uint256(sibling.digest) ^ (1 << bound(bit, 0, 255)));
        _refusePath(claim);
    }

    function testFuzz_verify_refusesAnotherReceipt(uint256 seed, uint256 count, bytes32 id) public {
        Claim memory claim = _any(seed, count);
        if (id == claim.id) id = ~id;
        claim.id = id;
        _refusePath(claim);
    }

    function testFuzz_verify_refusesAnotherCoverage(uint256 seed, uint256 count, uint128 coverage) public {
        Claim memory claim = _any(seed, count);
        if (coverage == claim.coverage) --coverage;
        claim.total = claim.total - claim.coverage + coverage;
        claim.coverage = coverage;
        _refusePath(claim);
    }

    function testFuzz_verify_refusesAnotherIndex(uint256 seed, uint256 count, uint256 index) public {
        count = bound(count, 2, 33);
        Claim memory claim = _any(seed, count);
        index = bound(index, 0, count - 1);
        if (index == claim.index) index = (index + 1) % count;
        claim.index = index;
        _refusePath(claim);
    }

    function testFuzz_verify_refusesAnIndexThatIsNotBelowTheCount(uint256 index) public {
        Claim memory claim = _any(1, 5);
        claim.index = bound(index, 5, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumIndexOutOfRange.selector, claim.index, 5));
        this.verify(claim);
    }

    function testFuzz_verify_refusesAPathOfAnotherDepth(uint256 seed, uint256 length) public {
        Claim memory claim = _any(seed, 9);
        length = bound(length, 0, 33);
        if (length == 4) return;
        claim.path = new SumNode[](length);
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumPathLengthInvalid.selector, length, 4));
        this.verify(claim);
    }

    function test_verify_refusesACountOfAnotherDepth() public {
        Claim memory claim = _claim(1, 5, 0);
        claim.count = 9;
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumPathLengthInvalid.selector, 3, 4));
        this.verify(claim);
        claim.count = 4;
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumPathLengthInvalid.selector, 3, 2));
        this.verify(claim);
    }

    function test_verify_refusesAnInnerNodeAsALeaf() public {
        Claim memory claim = _claim(1, 4, 0);
        SumNode memory left = SumTreeBuilder.parent(
            SumTreeBuilder.leaf(claim.id, claim.coverage),
            claim.path[0]
        );
        SumNode[] memory path = new SumNode[](1);
        path[0] = claim.path[1];
        (claim.id, claim.coverage, claim.path, claim.count) = (left.digest, left.sum, path, 2);
        _refusePath(claim);
    }

    /// @dev Sums wrap inside of a node, so the digest can be made to fit; the total cannot.
    function testFuzz_verify_refusesSumsBeyond128Bits(uint128 coverage, uint128 other, uint256 total) public {
        coverage = uint128(bound(coverage, 1, type(uint128).max));
        other = uint128(bound(other, type(uint128).max - coverage + 1, type(uint128).max));
        SumNode[] memory path = new SumNode[](2);
        path[0] = SumNode("hidden", other);
        path[1] = SumTreeBuilder.absent();
        uint128 wrapped;
        unchecked {
            wrapped = coverage + other;
        }
        SumNode memory low = SumTreeBuilder.leaf("id", coverage);
        bytes32 digest = keccak256(
            abi.encodePacked(hex"11", low.digest, low.sum, path[0].digest, path[0].sum)
        );
        digest = keccak256(abi.encodePacked(hex"11", digest, wrapped, path[1].digest, path[1].sum));
        total = total % 2 == 0 ? wrapped : bound(total, 0, type(uint128).max);
        _refusePath(Claim(digest, total, 4, "id", coverage, 0, path));
    }

    /// @dev A builder that lies about one inner sum: what can still be opened stays within the total.
    function testFuzz_verify_opensAtMostTheTotal(uint256 seed, uint256 liar, uint128 lie) public view {
        SumNode[] memory leaves = _leaves(seed, 8);
        SumNode[] memory pairs = new SumNode[](4);
        for (uint256 i; i < 4; ++i) pairs[i] = SumTreeBuilder.parent(leaves[2 * i], leaves[2 * i + 1]);
        pairs[liar % 4].sum = lie % 2 == 0 ? 0 : uint128(bound(lie, 0, 1 << 100));
        SumNode memory left = SumTreeBuilder.parent(pairs[0], pairs[1]);
        SumNode memory right = SumTreeBuilder.parent(pairs[2], pairs[3]);
        SumNode memory top = SumTreeBuilder.parent(left, right);
        uint256 opened;
        for (uint256 i; i < 8; ++i) {
            SumNode[] memory path = new SumNode[](3);
            (path[0], path[1], path[2]) = (leaves[i ^ 1], pairs[(i / 2) ^ 1], i < 4 ? right : left);
            Claim memory claim = Claim(top.digest, top.sum, 8, _id(seed, i), leaves[i].sum, i, path);
            try this.verify(claim) {
                opened += leaves[i].sum;
            } catch {}
        }
        assertLe(opened, top.sum, "what can be opened");
    }

    function verify(Claim calldata c) external pure {
        SumTree.verify(c.root, c.total, c.count, c.id, c.coverage, c.index, c.path);
    }

    function _refusePath(Claim memory claim) private {
        vm.expectPartialRevert(SumTree.SumPathInvalid.selector);
        this.verify(claim);
    }

    function _any(uint256 seed, uint256 count) private pure returns (Claim memory) {
        count = bound(count, 1, 33);
        return _claim(seed, count, seed % count);
    }

    function _claim(uint256 seed, uint256 count, uint256 index) private pure returns (Claim memory claim) {
        SumNode[] memory leaves = _leaves(seed, count);
        SumNode memory top = SumTreeBuilder.top(leaves);
        (claim.root, claim.total, claim.count, claim.index) = (top.digest, top.sum, count, index);
        (claim.id, claim.coverage) = (_id(seed, index), leaves[index].sum);
        claim.path = SumTreeBuilder.path(leaves, index);
    }

    /// @dev Leaves with pseudo-random coverage between 1 and 2^96.
    function _leaves(uint256 seed, uint256 count) private pure returns (SumNode[] memory leaves) {
        leaves = new SumNode[](count);
        for (uint256 i; i < count; ++i) {
            uint256 random = uint256(keccak256(abi.encode("coverage", seed, i)));
            leaves[i] = SumTreeBuilder.leaf(_id(seed, i), uint128(1 + (random % (1 << 96))));
        }
    }

    function _id(uint256 seed, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode("receipt", seed, index));
    }
}
