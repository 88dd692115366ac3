// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Policies} from "../../contracts/consumer/Policies.sol";
import {AccountabilityPolicy, Expected} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";

/// @dev What an answer costs in gas, as the contracts are deployed: without the optimiser it is more.
contract PoliciesGasTest is ConsumerTest {
    Policies private _policies;

    function setUp() public override {
        super.setUp();
        _policies = new Policies(onus);
    }

    /// @dev A direct receipt, every clause, and one of 32 in a batch.
    function test_check_costsWhatItReads() public {
        Receipt memory receipt = _answerTo(consumer);
        AccountabilityPolicy memory policy = _policy();
        assertLe(_gasOf(receipt, _direct(), policy), 60_000, "gas of a direct receipt");
        (policy.minScore, policy.maxLossRatio, policy.method) = (1, 1e18, 1);
        (policy.minSinceFault, policy.requireNoThaw) = (1, true);
        assertLe(_gasOf(receipt, _direct(), policy), 90_000, "gas of every clause");
        Receipt[] memory receipts = new Receipt[](32);
        for (uint256 i; i < receipts.length; ++i) receipts[i] = _receipt(COVERAGE);
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 31);
        assertLe(_gasOf(receipts[31], inclusion, _policy()), 80_000, "gas of a receipt among 32");
    }

    /// @dev Who asks with too little gas is refused as a whole: never is an answer taken for worse than it is.
    function testFuzz_check_isTrueWithWhateverGas(uint256 gas) public {
        Receipt[] memory receipts = new Receipt[](32);
        for (uint256 i; i < receipts.length; ++i) receipts[i] = _receipt(COVERAGE);
        _anchor(_batchOf(receipts));
        _passWindow();
        Inclusion memory inclusion = _inclusion(receipts, 31);
        gas = bound(gas, 1_000, 100_000);
        try _policies.check{gas: gas}(receipts[31], inclusion, _policy(), _expected(receipts[31])) returns (
            uint256 unmet
        ) {
            assertEq(unmet, 0, "unmet");
        } catch {
            assertLt(gas, 70_000, "gas that did not suffice");
        }
    }

    function _gasOf(
        Receipt memory receipt,
        Inclusion memory inclusion,
        AccountabilityPolicy memory policy
    ) private view returns (uint256) {
        Expected memory expected = _expected(receipt);
        uint256 before = gasleft();
        _policies.check(receipt, inclusion, policy, expected);
        return before - gasleft();
    }

    function _expected(Receipt memory receipt) private pure returns (Expected memory) {
        return Expected(receipt.consumer, receipt.inputCommitment);
    }
}
