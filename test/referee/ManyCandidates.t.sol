// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RefereeHarness} from "../../contracts/mocks/RefereeHarness.sol";
import {Access, Body, ElementType, Guard, Space, Step} from "../../contracts/types/Program.sol";
import {Test} from "../helpers/Vm.sol";

/// @dev As long a computation as none that a transaction has the gas for: only here is it quick.
contract ManyCandidatesTest is Test {
    uint32 private constant COUNT = 2 ** 16 + 1;
    /// @dev Smallest first, and the first of equals.
    uint8 private constant SMALLEST = 1;

    /// @dev 2^16 zeros on padding, and 1 behind them.
    function test_evaluate_ranksMoreCandidatesThan16BitsCanCount() public {
        Step memory step;
        step.output.space = Space.Output;
        step.output.elementType = ElementType.Int64;
        step.output.length = 2;
        step.domain = new uint32[](1);
        step.domain[0] = 2;
        step.reduction = new uint32[](1);
        step.reduction[0] = COUNT;
        step.body = Body.Rank;
        step.mode = SMALLEST;
        _candidates(step);
        uint256[] memory elements = new uint256[](1);
        bytes[] memory tensors = new bytes[](1);
        tensors[0] = hex"01";
        bytes memory first = new RefereeHarness().evaluate(abi.encode(step), elements, tensors);
        assertEq(keccak256(first), keccak256(hex"0000000000000000"), "the first of the smallest");
    }

    function _candidates(Step memory step) private pure {
        Guard[] memory guards = new Guard[](1);
        guards[0].coefficients = new int64[](2);
        guards[0].coefficients[1] = 1;
        guards[0].offset = 1 - int64(uint64(COUNT));
        guards[0].size = 1;
        step.operands = new Access[](1);
        step.operands[0].tensor.elementType = ElementType.Int8;
        step.operands[0].tensor.length = 1;
        step.operands[0].strides = new int64[](2);
        step.operands[0].guards = guards;
    }
}
