// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "../../contracts/consumer/AccountableConsumer.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {AccountabilityPolicy, Assurance, Clause} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {OnusTest} from "./OnusTest.sol";

/// @title ConsumerTest
/// @notice A registry with a provider that has stake and answers what consumers ask.
abstract contract ConsumerTest is OnusTest {
    uint128 internal constant COVERAGE = 10e18;
    uint256 internal constant STAKE = 4_000e18;

    function setUp() public virtual override {
        super.setUp();
        _stake(provider, STAKE);
    }

    /// @dev Final answers of the model, with coverage, that are at most a day old.
    function _policy() internal view returns (AccountabilityPolicy memory policy) {
        policy.modelId = modelId;
        policy.minCoverage = COVERAGE;
        policy.assurance = Assurance.Final;
        policy.maxAge = 1 days;
        policy.minWindow = WINDOW;
    }

    /// @dev A receipt for `client`, attested by itself.
    function _answerTo(address client) internal returns (Receipt memory receipt) {
        receipt = _receiptFor(client);
        _attest(receipt);
    }

    function _receiptFor(address client) internal returns (Receipt memory receipt) {
        receipt = _receipt(COVERAGE);
        receipt.consumer = client;
    }

    function _dispute(Receipt memory receipt) internal {
        judge.detain(receipt, _direct(), block.timestamp + 1 days);
    }

    function _passDispute() internal {
        vm.warp(block.timestamp + 1 days + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
    }

    /// @dev Two signatures under one request, which count whatever is final.
    function _convictSigned(Receipt memory receipt) internal {
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
    }

    /// @dev A batch in which the receipt is the first of two.
    function _batched(Receipt memory receipt) internal returns (Inclusion memory) {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (receipt, _receipt(COVERAGE));
        _anchor(_batchOf(receipts));
        return _inclusion(receipts, 0);
    }

    function _expectRefusal(Receipt memory receipt, Clause clause, string memory name) internal {
        ReceiptId id = onus.receiptIdOf(receipt);
        vm.expectRevert(
            abi.encodeWithSelector(AccountableConsumer.AnswerRefused.selector, id, name, _bit(clause))
        );
    }

    function _bit(Clause clause) internal pure returns (uint256) {
        return 1 << uint256(clause);
    }

    /// @dev The tree of an output tensor of one chunk, by its description.
    function _root(bytes memory data) internal pure returns (bytes32) {
        uint32 length = uint32(data.length);
        return sha256(abi.encodePacked(hex"00", hex"03", uint32(0), uint32(0), length, data));
    }
}
