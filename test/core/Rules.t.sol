// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Batch} from "../../contracts/types/Batch.sol";
import {Lock} from "../../contracts/types/Lock.sol";
import {OffenceId} from "../../contracts/types/OffenceId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {Terms} from "../../contracts/types/Terms.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

/// @notice Terms, clock and holds, as governance sets them; who may is for `Governance.t.sol`.
contract RulesTest is OnusTest {
    uint256 private constant STAKE = 4_000e18;
    uint256 private constant C = 10e18;

    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    // the clock

    function testFuzz_clock_isUnixTimeWhileNothingWasStopped(uint40 later) public {
        vm.warp(START + later);
        assertEq(onus.clock(), START + later, "clock");
    }

    function testFuzz_clock_standsStillForExactlyOneStop(uint24 duration, uint24 later) public {
        _stop(duration);
        vm.warp(START + later);
        assertEq(onus.clock(), START + (later < duration ? 0 : later - duration), "clock");
    }

    function testFuzz_clock_addsUpStops(uint24[5] memory durations, uint24[5] memory pauses) public {
        uint256 stopped;
        for (uint256 i; i < 5; ++i) {
            _stop(durations[i]);
            stopped += durations[i];
            vm.warp(block.timestamp + durations[i] + pauses[i]);
            assertEq(onus.clock(), block.timestamp - stopped, "clock");
        }
    }

    function testFuzz_clock_runsAgainWhenAStopIsEnded(uint24 duration, uint24 ended, uint24 later) public {
        duration = uint24(bound(duration, 1, 7 days));
        ended = uint24(bound(ended, 0, duration - 1));
        _stop(duration);
        vm.warp(START + ended);
        vm.expectEmit(address(onus));
        emit IRules.DisputesStoppedFor(START, ended);
        _stop(0);
        assertEq(onus.clock(), START, "at the end of the stop");
        vm.warp(START + ended + uint256(later));
        assertEq(onus.clock(), START + later, "later");
    }

    function testFuzz_clock_goesOnStandingWhenAStopIsExtended(uint24 first, uint24 into, uint24 more) public {
        first = uint24(bound(first, 1, 7 days));
        into = uint24(bound(into, 0, first - 1));
        more = uint24(bound(more, 1, 7 days));
        _stop(first);
        vm.warp(START + into);
        vm.expectEmit(address(onus));
        emit IRules.DisputesStoppedFor(START, uint256(into) + more);
        _stop(more);
        vm.warp(START + uint256(into) + more);
        assertEq(onus.clock(), START, "at the end of the extension");
        vm.warp(block.timestamp + 5);
        assertEq(onus.clock(), START + 5, "later");
    }

    function testFuzz_clock_neverRunsBackwards(uint256 seed) public {
        uint256 last = onus.clock();
        for (uint256 i; i < 20; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 3 == 0) _stop(uint24((seed >> 8) % 7 days));
            assertEq(onus.clock() < last ? 1 : 0, 0, "the clock after a call");
            last = onus.clock();
            uint256 step = (seed >> 64) % 9 days;
            vm.warp(block.timestamp + step);
            assertLe(last, onus.clock(), "clock");
            assertLe(onus.clock() - last, step, "step");
            last = onus.clock();
        }
    }

    function test_stopDisputes_saysFromWhenOn() public {
        vm.warp(START + 9);
        vm.expectEmit(address(onus));
        emit IRules.DisputesStoppedFor(START + 9, 2 days);
        _stop(2 days);
    }

    function test_stopDisputes_whenTheLastStopEndsIsAnother() public {
        _stop(2 days);
        vm.warp(START + 2 days);
        vm.expectEmit(address(onus));
        emit IRules.DisputesStoppedFor(START + 2 days, 3 days);
        _stop(3 days);
        vm.warp(START + 6 days);
        assertEq(onus.clock(), START + 1 days, "clock");
    }

    /// @dev Nothing to end: evidence keeps the time that the last stop gave it.
    function test_stopDisputes_endsNothingTwice() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        _stop(2 days);
        vm.warp(START + 2 days);
        _stop(0);
        _stop(0);
        vm.warp(START + THAW + 2 days);
        onus.verifySigned(receipt, signature);
        assertEq(onus.clock(), START + THAW, "clock");
    }

    // every period of the registry is longer by exactly what was stopped

    function testFuzz_window_isLongerByTheStop(uint24 before, uint24 duration) public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        (before, duration) = _stopAfter(before, WINDOW, duration);
        vm.warp(START + WINDOW + duration);
        assertTrue(_isOpen(receipt), "last second");
        vm.expectRevert(
            abi.encodeWithSelector(
                IReceipts.WindowOpen.selector,
                _idOf(receipt),
                START + WINDOW,
                START_BLOCK + WINDOW_BLOCKS
            )
        );
        onus.releaseReceipt(receipt, _direct());
        vm.warp(START + WINDOW + duration + 1);
        assertFalse(_isOpen(receipt), "after");
        onus.releaseReceipt(receipt, _direct());
    }

    function testFuzz_window_thatBeginsInAStopLastsFromItsEnd(uint24 into, uint24 duration) public {
        duration = uint24(bound(duration, 1, 7 days));
        into = uint24(bound(into, 0, duration - 1));
        _stop(duration);
        vm.warp(START + into);
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        Lock memory lock = onus.lockOf(_idOf(receipt));
        assertEq(lock.since, START + into, "since");
        assertEq(lock.stopped, into, "stopped by then");
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        vm.warp(START + duration + WINDOW);
        assertTrue(_isOpen(receipt), "last second");
        vm.warp(START + duration + WINDOW + 1);
        assertFalse(_isOpen(receipt), "after");
    }

    function testFuzz_window_doesNotKnowOfStopsBeforeIt(uint24 duration) public {
        duration = uint24(bound(duration, 1, 7 days));
        _stop(duration);
        vm.warp(START + duration + 1 days);
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        assertEq(onus.lockOf(_idOf(receipt)).stopped, duration, "stopped by then");
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        vm.warp(block.timestamp + WINDOW);
        assertTrue(_isOpen(receipt), "last second");
        vm.warp(block.timestamp + 1);
        assertFalse(_isOpen(receipt), "after");
    }

    function testFuzz_thaw_isLongerByTheStop(uint24 before, uint24 duration) public {
        vm.prank(provider);
        onus.startThaw(5);
        (, duration) = _stopAfter(before, THAW, duration);
        assertEq(onus.thaw(provider).maturesAt, START + THAW, "matures at");
        vm.warp(START + THAW + duration - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IStake.ThawNotMatured.selector, provider, uint64(START + THAW))
        );
        vm.prank(provider);
        onus.withdraw();
        vm.warp(START + THAW + duration);
        vm.prank(provider);
        onus.withdraw();
        assertEq(token.balanceOf(provider), 5, "paid");
    }

    function testFuzz_thaw_thatBeginsInAStopLastsFromItsEnd(uint24 into, uint24 duration) public {
        duration = uint24(bound(duration, 1, 7 days));
        into = uint24(bound(into, 0, duration - 1));
        _stop(duration);
        vm.warp(START + into);
        vm.prank(provider);
        onus.startThaw(5);
        vm.warp(START + duration + THAW - 1);
        vm.expectPartialRevert(IStake.ThawNotMatured.selector);
        vm.prank(provider);
        onus.withdraw();
        vm.warp(START + duration + THAW);
        vm.prank(provider);
        onus.withdraw();
    }

    function testFuzz_escrow_isLongerByTheStop(uint24 before, uint24 duration) public {
        Receipt memory receipt = _receipt(C);
        bytes32 id = _idOf(receipt);
        _attest(receipt);
        _convictDirect(receipt);
        (, duration) = _stopAfter(before, ESCROW, duration);
        vm.warp(START + ESCROW + duration - 1);
        bytes memory refusal = abi.encodeWithSelector(
            IConvictions.PayoutNotMatured.selector,
            id,
            uint40(START + ESCROW)
        );
        vm.expectRevert(refusal);
        onus.claimRestitution(receipt);
        vm.expectRevert(refusal);
        onus.claimReward(id);
        vm.expectRevert(refusal);
        onus.burn(id);
        vm.warp(START + ESCROW + duration);
        onus.claimRestitution(receipt);
        onus.claimReward(id);
        onus.burn(id);
        assertEq(token.balanceOf(address(onus)), onus.account(provider).active, "kept");
    }

    function testFuzz_omission_isLongerByTheStop(uint24 before, uint24 duration) public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _claimOmission(receipt);
        uint256 due = block.timestamp + RESPONSE;
        vm.roll(block.number + RESPONSE_BLOCKS);
        (, duration) = _stopAfter(before, RESPONSE, duration);
        vm.warp(due + duration);
        vm.expectPartialRevert(IConvictions.NotGuilty.selector);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        vm.warp(due + duration + 1);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
    }

    function testFuzz_freeze_isLongerByTheStop(uint24 before, uint24 duration) public {
        Receipt memory receipt = _receipt(C);
        vm.prank(provider);
        onus.startThaw(5);
        vm.warp(START + THAW - 1 days);
        receipt.anchorBy = uint64(block.timestamp);
        _attest(receipt);
        judge.detain(receipt, _direct(), onus.clock() + 3 days);
        uint256 until = block.timestamp + 3 days;
        (, duration) = _stopAfter(before, 3 days, duration);
        vm.warp(until + duration);
        vm.expectRevert(abi.encodeWithSelector(IStake.ThawFrozen.selector, provider, uint40(until)));
        vm.prank(provider);
        onus.withdraw();
        vm.warp(until + duration + 1);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        vm.prank(provider);
        onus.withdraw();
        assertEq(token.balanceOf(provider), 5, "paid");
    }

    function testFuzz_verifySigned_countsAsLongAsStakeThawsWhileStopped(
        uint24 before,
        uint24 duration
    ) public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        (, duration) = _stopAfter(before, THAW, duration);
        vm.warp(START + THAW + duration);
        onus.verifySigned(receipt, signature);
        vm.warp(START + THAW + duration + 1);
        vm.expectPartialRevert(IReceipts.ReceiptTooOld.selector);
        onus.verifySigned(receipt, signature);
    }

    // what a stop refuses, and what not

    function test_stopDisputes_refusesEverythingThatMovesMoneyOrJudges() public {
        Receipt[] memory receipts = new Receipt[](2);
        for (uint256 i; i < 2; ++i) {
            receipts[i] = _receipt(C);
            receipts[i].challengeWindow = 14 days;
            _attest(receipts[i]);
        }
        _convictDirect(receipts[0]);
        bytes32 id = _idOf(receipts[0]);
        vm.prank(provider);
        onus.startThaw(5);
        vm.warp(START + THAW);
        _stop(7 days);
        bytes memory signature = _sign(KEY, receipts[1]);
        bytes memory evidence = _against(_rival(receipts[1]));
        vm.warp(START + THAW + 7 days - 1);
        bytes memory refusal = abi.encodeWithSelector(IRules.DisputesStopped.selector, START + THAW + 7 days);
        vm.expectRevert(refusal);
        vm.prank(provider);
        onus.withdraw();
        vm.expectRevert(refusal);
        onus.claimRestitution(receipts[0]);
        vm.expectRevert(refusal);
        onus.claimReward(id);
        vm.expectRevert(refusal);
        onus.burn(id);
        uint256 until = onus.clock() + 1 days;
        vm.expectRevert(refusal);
        judge.detain(receipts[1], _direct(), until);
        vm.expectRevert(refusal);
        onus.convictSigned(Fault.Equivocation, receipts[1], signature, evidence);
        vm.warp(START + THAW + 7 days);
        onus.claimReward(id);
    }

    function test_stopDisputes_refusesConvictionsOfOpenReceipts() public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _stop(2 days);
        bytes memory refusal = abi.encodeWithSelector(IRules.DisputesStopped.selector, START + 2 days);
        vm.expectRevert(refusal);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        vm.warp(START + 2 days - 1);
        vm.expectRevert(refusal);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        vm.warp(START + 2 days);
        _convictDirect(receipt);
    }

    function test_stopDisputes_leavesAnchorsDepositsAndThawsAlone() public {
        Receipt memory over = _receipt(C);
        _attest(over);
        _passWindow();
        _stop(7 days);
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _stake(provider, 1);
        vm.prank(provider);
        onus.startThaw(1);
        onus.releaseReceipt(over, _direct());
        assertEq(onus.account(provider).locked, 2 * C, "locked");
    }

    function test_stopDisputes_releasesNothingWhoseWindowItHasStopped() public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        vm.warp(START + WINDOW);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        _stop(7 days);
        vm.warp(START + WINDOW + 6 days);
        vm.expectPartialRevert(IReceipts.WindowOpen.selector);
        onus.releaseReceipt(receipt, _direct());
    }

    // pauses

    function test_pauseAnchors_refusesAnchorsUntilItIsOver() public {
        Receipt memory receipt = _receipt(C);
        receipt.anchorBy = uint64(START + 10 days);
        Batch memory batch = _batchOfOne(C);
        bytes memory refusal = abi.encodeWithSelector(IRules.AnchorsPaused.selector, START + 2 days);
        vm.expectEmit(address(onus));
        emit IRules.AnchorsPausedFor(START, START + 2 days);
        _pause(2 days);
        _assertPause(START, START + 2 days);
        vm.warp(START + 2 days - 1);
        vm.expectRevert(refusal);
        _attest(receipt);
        vm.expectRevert(refusal);
        _anchor(batch);
        vm.warp(START + 2 days);
        _attest(receipt);
        _anchor(batch);
        assertEq(onus.account(provider).locked, 4 * C, "locked");
    }

    function test_pauseAnchors_neverHoldsUpDisputesReleasesAndWithdrawals() public {
        Receipt[3] memory receipts = [_receipt(C), _receipt(C), _receipt(C)];
        for (uint256 i; i < 3; ++i) _attest(receipts[i]);
        vm.prank(provider);
        onus.startThaw(uint128(5));
        _pause(30 days);
        judge.detain(receipts[1], _direct(), onus.clock() + 1 days);
        _convictDirect(receipts[0]);
        _convictDirect(receipts[1]);
        _passWindow();
        onus.releaseReceipt(receipts[2], _direct());
        assertEq(onus.account(provider).locked, 0, "locked");
        _stake(provider, 1);
        vm.warp(START + THAW);
        onus.claimRestitution(receipts[0]);
        onus.claimReward(_idOf(receipts[0]));
        onus.burn(_idOf(receipts[0]));
        uint256 thawed = onus.thaw(provider).amount;
        vm.prank(provider);
        onus.withdraw();
        assertEq(token.balanceOf(provider), thawed, "withdrawn");
        assertEq(onus.clock(), START + THAW, "clock");
        assertEq(token.balanceOf(consumer), C, "restituted");
    }

    function test_pauseAnchors_leavesSignedEvidenceWhatItIs() public {
        _pause(30 days);
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
        assertTrue(onus.account(provider).tombstoned, "tombstoned");
    }

    // terms

    function test_setTerms_holdForLocksToCome() public {
        vm.expectEmit(address(onus));
        emit IRules.TermsChanged(_other());
        _setTerms(_other());
        _assertTerms(_other());
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        Lock memory lock = onus.lockOf(_idOf(receipt));
        assertEq(lock.escrow, _other().escrow, "escrow of the lock");
        assertEq(lock.untilBlock, START_BLOCK + _other().minWindowBlocks, "blocks of the lock");
    }

    /// @dev All ones, and all zeros again: no bit of one is another's.
    function test_pauseAnchors_touchesNeitherTermsNorClock() public {
        vm.warp(START + 1);
        _stop(1 days - 1);
        for (uint256 i; i < 2; ++i) {
            uint32 until = i == 0 ? type(uint32).max : 0;
            vm.prank(address(governance));
            onus.pauseAnchors(until, until);
            _assertPause(until, until);
            _assertTerms(_terms());
            vm.warp(START + 2 days + i);
            assertEq(onus.clock(), START + 1 days + 1 + i, "clock");
        }
    }

    /// @dev Terms, pause and stop share one word.
    function testFuzz_setTerms_touchNeitherPauseNorClock(uint24 stop, uint24 pause, uint88 stake) public {
        _stop(uint24(bound(stop, 1, 7 days)));
        vm.warp(START + 8 days);
        _stop(uint24(bound(stop, 1, 7 days)));
        _pause(pause);
        vm.warp(START + 9 days);
        uint256 clock = onus.clock();
        Terms memory next = _other();
        next.minStake = uint88(bound(stake, 1e9, type(uint88).max));
        _setTerms(next);
        _assertTerms(next);
        assertEq(onus.clock(), clock, "clock");
        _assertPause(START + 8 days, START + 8 days + pause);
        _pause(5);
        _assertTerms(next);
        _assertPause(START + 9 days, START + 9 days + 5);
        assertEq(onus.clock(), clock, "clock after the pause");
        _stop(0);
        _assertTerms(next);
        _assertPause(START + 9 days, START + 9 days + 5);
        assertEq(onus.clock(), clock, "clock after the stop");
    }

    function test_setTerms_leaveALockItsBlocks() public {
        Receipt memory old = _receipt(C);
        _attest(old);
        _setTerms(_other());
        Receipt memory young = _receipt(C);
        _attest(young);
        vm.warp(START + WINDOW + 1);
        vm.roll(START_BLOCK + WINDOW_BLOCKS - 1);
        assertTrue(_isOpen(old), "old, last block");
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        assertFalse(_isOpen(old), "old, after");
        vm.roll(START_BLOCK + _other().minWindowBlocks - 1);
        assertTrue(_isOpen(young), "young, last block");
        vm.roll(START_BLOCK + _other().minWindowBlocks);
        assertFalse(_isOpen(young), "young, after");
    }

    function test_setTerms_leaveALockItsEscrow() public {
        Receipt memory old = _receipt(C);
        _attest(old);
        _setTerms(_other());
        Receipt memory young = _receipt(C);
        _attest(young);
        _convictDirect(old);
        _convictDirect(young);
        assertEq(_payout(_idOf(old)).maturesAt, START + ESCROW, "old");
        assertEq(_payout(_idOf(young)).maturesAt, START + uint256(_other().escrow) * 1 minutes, "young");
    }

    function test_setTerms_leaveADisputedReceiptItsTerms() public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _setTerms(_other());
        judge.detain(receipt, _direct(), onus.clock() + 1 days);
        (bytes32 lockId, Lock memory lock, , ) = onus.locate(receipt, _direct());
        assertFalse(lockId == _idOf(receipt), "a lock of its own");
        assertEq(lock.escrow, ESCROW / 1 minutes, "terms");
        _convictDirect(receipt);
        assertEq(_payout(_idOf(receipt)).maturesAt, START + ESCROW, "escrow");
    }

    function test_setTerms_holdForWhatWasNeverLocked() public {
        Receipt memory receipt = _receipt(C);
        _setTerms(_other());
        bytes memory signature = _sign(KEY, receipt);
        (OffenceId id, ) = onus.convictSigned(
            Fault.Equivocation,
            receipt,
            signature,
            _against(_rival(receipt))
        );
        assertEq(
            _payout(OffenceId.unwrap(id)).maturesAt,
            START + uint256(_other().escrow) * 1 minutes,
            "matures at"
        );
    }

    function test_setTerms_changeTheMinimumStakeForAnchorsOnly() public {
        Receipt memory old = _receipt(C);
        _attest(old);
        Terms memory next = _other();
        next.minStake = uint88(STAKE + 1);
        _setTerms(next);
        assertEq(onus.capacity(provider), 0, "capacity");
        Receipt memory young = _receipt(C);
        vm.expectRevert(abi.encodeWithSelector(IStake.StakeTooLow.selector, provider, STAKE, STAKE + 1));
        _attest(young);
        _passWindow();
        onus.releaseReceipt(old, _direct());
        vm.prank(provider);
        onus.startThaw(uint128(STAKE));
    }

    function testFuzz_setTerms_refusesWhatIsOutOfBounds(uint88 stake, uint24 blocks, uint16 escrow) public {
        Terms memory bad = _terms();
        bad.minStake = uint88(bound(stake, 0, 1e9 - 1));
        _refuseTerms(bad, "minStake");
        bad = _terms();
        bad.minWindowBlocks = uint24(bound(blocks, 100_801, type(uint24).max));
        _refuseTerms(bad, "minWindowBlocks");
        bad = _terms();
        bad.escrow = escrow < 60 ? escrow : uint16(bound(escrow, 43_201, type(uint16).max));
        _refuseTerms(bad, "escrow");
        _assertTerms(_terms());
    }

    // who may

    function test_rules_areForGovernanceOnly() public {
        address[4] memory others = [stranger, governor, guardian, provider];
        for (uint256 i; i < 4; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IRules.SenderNotGovernance.selector, others[i]);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            onus.setTerms(_terms());
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            onus.pauseAnchors(uint32(START), uint32(START + 1));
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            onus.stopDisputes(1);
        }
    }

    /// @dev Warps to a moment within `period`, and stops for up to 7 days.
    function _stopAfter(uint24 before, uint256 period, uint24 duration) private returns (uint24, uint24) {
        before = uint24(bound(before, 0, period - 1));
        duration = uint24(bound(duration, 1, 7 days));
        vm.warp(block.timestamp + before);
        _stop(duration);
        return (before, duration);
    }

    function _stop(uint24 duration) private {
        vm.prank(address(governance));
        onus.stopDisputes(duration);
    }

    function _pause(uint24 duration) private {
        vm.prank(address(governance));
        onus.pauseAnchors(uint32(block.timestamp), uint32(block.timestamp + duration));
    }

    function _setTerms(Terms memory next) private {
        vm.prank(address(governance));
        onus.setTerms(next);
    }

    function _refuseTerms(Terms memory bad, string memory name) private {
        vm.expectRevert(abi.encodeWithSelector(IRules.ParameterInvalid.selector, name));
        _setTerms(bad);
    }

    /// @dev A receipt that nobody anchors, claimed as soon as it can be. Returns its signature.
    function _claimOmission(Receipt memory receipt) private returns (bytes memory signature) {
        signature = _sign(KEY, receipt);
        vm.warp(receipt.anchorBy + 1);
        vm.deal(address(this), 1 ether);
        omission.claim{value: 1 ether}(receipt, signature);
    }

    function _batchOfOne(uint256 coverage) private returns (Batch memory) {
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = _receipt(coverage);
        return _batchOf(receipts);
    }

    function _other() private pure returns (Terms memory) {
        return Terms({minStake: 50e18, minWindowBlocks: 77, escrow: 9 days / 1 minutes});
    }

    function _isOpen(Receipt memory receipt) private view returns (bool open) {
        (, , , open) = onus.locate(receipt, _direct());
    }

    function _assertPause(uint256 from, uint256 until) private view {
        (uint256 pausedFrom, uint256 pausedUntil) = onus.lastPause();
        assertEq(pausedFrom, from, "paused from");
        assertEq(pausedUntil, until, "paused until");
    }

    function _assertTerms(Terms memory expected) private view {
        assertEq(keccak256(abi.encode(onus.terms())), keccak256(abi.encode(expected)), "terms");
    }
}
