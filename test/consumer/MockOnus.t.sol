// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Callbacks} from "../../contracts/consumer/Callbacks.sol";
import {Policies} from "../../contracts/consumer/Policies.sol";
import {ICallbacks} from "../../contracts/interfaces/ICallbacks.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {MockOnus} from "../../contracts/mocks/MockOnus.sol";
import {
    AccountabilityPolicy,
    Assurance,
    Clause,
    Expected
} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";
import {Diary} from "../helpers/Recipients.sol";

/// @dev Whatever a consumer's tests show with the mock holds for the registry: in each state, both say the same.
contract MockOnusTest is ConsumerTest {
    MockOnus private _mock;

    function setUp() public override {
        super.setUp();
        _mock = new MockOnus();
        _copyStake();
    }

    function test_mock_saysTheSameOfWhatWasNeverAnchored() public {
        _same(_receipt(COVERAGE), _direct(), _bit(Clause.Collateral));
    }

    function test_mock_saysTheSameOfAnOpenAnswer() public {
        Receipt memory receipt = _answerTo(consumer);
        _mock.mockAnchored(receipt);
        _same(receipt, _direct(), _bit(Clause.Assurance));
    }

    function test_mock_saysTheSameOfADisputedAnswer() public {
        Receipt memory receipt = _answerTo(consumer);
        _dispute(receipt);
        _mock.mockDisputed(receipt);
        _same(receipt, _direct(), _bit(Clause.Assurance));
    }

    function test_mock_saysTheSameOfAFinalAnswer() public {
        Receipt memory receipt = _answerTo(consumer);
        _passWindow();
        _mock.mockFinal(receipt);
        _same(receipt, _direct(), 0);
    }

    function test_mock_saysTheSameOfAConvictedAnswer() public {
        Receipt memory receipt = _answerTo(consumer);
        _convictDirect(receipt);
        _mock.mockConvicted(receipt);
        _same(
            receipt,
            _direct(),
            _bit(Clause.Assurance) | _bit(Clause.NotConvicted) | _bit(Clause.SinceFault)
        );
    }

    function test_mock_saysTheSameOfARivalOfAConvictedAnswer() public {
        Receipt memory receipt = _answerTo(consumer);
        Receipt memory rival = _rival(receipt);
        _attest(rival);
        _convictDirect(rival);
        _mock.mockConvicted(rival);
        _mock.mockAnchored(receipt);
        _same(
            receipt,
            _direct(),
            _bit(Clause.Assurance) | _bit(Clause.NotConvicted) | _bit(Clause.SinceFault)
        );
    }

    function test_mock_saysTheSameOfALateAnswer() public {
        Receipt memory receipt = _receipt(COVERAGE);
        vm.warp(receipt.anchorBy + 1);
        Inclusion memory inclusion = _batched(receipt);
        _mock.mockAnchoredAt(receipt, uint40(block.timestamp));
        _same(receipt, inclusion, _bit(Clause.Assurance) | _bit(Clause.Collateral));
    }

    function test_mock_saysTheSameOfABatch() public {
        Receipt memory receipt = _receipt(COVERAGE);
        Inclusion memory inclusion = _batched(receipt);
        _mock.mockAnchored(receipt);
        _same(receipt, inclusion, _bit(Clause.Assurance));
        judge.detain(receipt, inclusion, block.timestamp + 1 days);
        _mock.mockDisputed(receipt);
        _same(receipt, inclusion, _bit(Clause.Assurance));
        _passDispute();
        _mock.mockFinal(receipt);
        _same(receipt, inclusion, _bit(Clause.Age));
        inclusion.batch.provider = stranger;
        _same(receipt, inclusion, _bit(Clause.Age) | _bit(Clause.Collateral));
    }

    function test_mock_saysTheSameOfWhatTheReceiptSays() public {
        Receipt memory receipt = _receipt(1);
        (receipt.consumer, receipt.traceCommitment) = (stranger, 0);
        receipt.modelId = ModelId.wrap("unknown");
        _attest(receipt);
        _mock.mockAnchored(receipt);
        _mock.mockModelRegistered(receipt.modelId, false);
        uint256 unmet = _bit(Clause.Beneficiary) | _bit(Clause.Trace) | _bit(Clause.Coverage);
        unmet |= _bit(Clause.Model) | _bit(Clause.Method) | _bit(Clause.Assurance);
        _same(receipt, _direct(), unmet);
    }

    function test_mock_saysTheSameOfAProviderThatLeaves() public {
        Receipt memory receipt = _answerTo(consumer);
        vm.prank(provider);
        onus.startThaw(uint128(STAKE - 4 * COVERAGE));
        _mock.mockAnchored(receipt);
        _mock.mockThaw(provider, uint128(STAKE - 4 * COVERAGE));
        uint256 unmet = _bit(Clause.Thaw) | _bit(Clause.Stake) | _bit(Clause.Unreserved);
        _same(receipt, _direct(), unmet | _bit(Clause.Assurance));
    }

    function test_mock_saysTheSameOfAProviderThatIsExcludedOrUnknown() public {
        Receipt memory receipt = _answerTo(consumer);
        _convictSigned(_receipt(0));
        _mock.mockAnchored(receipt);
        _copyStake();
        _mock.mockTombstoned(provider, true);
        AccountabilityPolicy memory none;
        _sameUnder(none, receipt, _direct(), _bit(Clause.ProviderStanding));
        _mock.mockTombstoned(provider, false);
        _mock.mockRegistered(provider, false);
        _sameUnder(none, receipt, _direct(), _bit(Clause.ProviderStanding));
    }

    /// @dev Where a score comes from is not a matter of policies; what is asked of it is.
    function test_mock_refusesScoresThatAreTooLow() public {
        Receipt memory receipt = _receipt(COVERAGE);
        _mock.mockFinal(receipt);
        AccountabilityPolicy memory policy;
        (policy.minScore, policy.maxLossRatio) = (0.6e18, 0.05e18);
        assertEq(_ask(_mock.onus(), policy, receipt, _direct()), 0, "unmet by default");
        _mock.mockScore(provider, true, 0.6e18, 0.05e18);
        assertEq(_ask(_mock.onus(), policy, receipt, _direct()), 0, "unmet at the limits");
        _mock.mockScore(provider, true, 0.6e18 - 1, 0.05e18 + 1);
        uint256 both = _bit(Clause.Score) | _bit(Clause.LossRatio);
        assertEq(_ask(_mock.onus(), policy, receipt, _direct()), both, "unmet beyond");
        _mock.mockScore(provider, false, 1e18, 0);
        assertEq(_ask(_mock.onus(), policy, receipt, _direct()), _bit(Clause.Score), "unmet without a score");
    }

    function test_mock_isDeliveredLikeTheRegistry() public {
        Callbacks callbacks = new Callbacks(_mock.onus());
        Diary diary = new Diary(callbacks);
        Receipt memory receipt = _receiptFor(address(diary));
        _mock.mockAnchored(receipt);
        vm.expectPartialRevert(ICallbacks.NothingToDeliver.selector);
        callbacks.deliver(receipt, _direct());
        _mock.mockDisputed(receipt);
        callbacks.deliver(receipt, _direct());
        assertEq(uint256(diary.lastKind()), uint256(ICallbacks.Kind.Disputed), "disputed");
        _mock.mockFinal(receipt);
        callbacks.deliver(receipt, _direct());
        assertEq(uint256(diary.lastKind()), uint256(ICallbacks.Kind.Final), "final");
        _mock.mockConvicted(receipt);
        callbacks.deliver(receipt, _direct());
        assertEq(uint256(diary.lastKind()), uint256(ICallbacks.Kind.Convicted), "convicted");
        assertEq(diary.faults(), 1 << 8, "faults");
    }

    /// @dev Both registries say `unmet` under a policy that asks for everything that is not a score.
    function _same(Receipt memory receipt, Inclusion memory inclusion, uint256 unmet) private {
        _copyStake();
        AccountabilityPolicy memory policy = _policy();
        (policy.modelId, policy.method, policy.requireNoThaw) = (ModelId.wrap(0), 1, true);
        (policy.minStake, policy.minUnreserved, policy.minSinceFault) = (100e18, 50e18, 1 days);
        _sameUnder(policy, receipt, inclusion, unmet);
    }

    function _sameUnder(
        AccountabilityPolicy memory policy,
        Receipt memory receipt,
        Inclusion memory inclusion,
        uint256 unmet
    ) private {
        assertEq(_ask(IOnus(address(onus)), policy, receipt, inclusion), unmet, "unmet by the registry");
        assertEq(_ask(_mock.onus(), policy, receipt, inclusion), unmet, "unmet by the mock");
    }

    function _ask(
        IOnus registry,
        AccountabilityPolicy memory policy,
        Receipt memory receipt,
        Inclusion memory inclusion
    ) private returns (uint256) {
        Expected memory expected = Expected(consumer, receipt.inputCommitment);
        return new Policies(registry).check(receipt, inclusion, policy, expected);
    }

    /// @dev Money is the one thing that the mock has to be told.
    function _copyStake() private {
        IStake.Account memory stake = onus.account(provider);
        _mock.mockStake(provider, stake.active, stake.locked);
    }
}
