// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Governance} from "../../contracts/core/Governance.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IGovernance} from "../../contracts/interfaces/IGovernance.sol";
import {IOmission} from "../../contracts/interfaces/IOmission.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {Terms} from "../../contracts/types/Terms.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract GovernanceTest is OnusTest {
    uint256 private constant C = 10e18;
    uint24 private constant LONGEST_PAUSE = 30 days;
    uint24 private constant LONGEST_STOP = 7 days;

    // terms

    function test_delay_isLongerThanStakeNeedsToLeave() public view {
        // The longest window that may still be running, and the thaw of what it has locked.
        assertEq(governance.delay(), 14 days + THAW + LONGEST_STOP + 1 days, "delay");
    }

    function testFuzz_delay_isLongerThanStakeNeedsToLeaveWhateverTheThawPeriod(uint256 period) public {
        _modules();
        Onus.Parameters memory p = _parameters();
        p.thawPeriod = bound(period, 14 days + judge.longestGame() + 2 days, 30 days);
        new Onus(p);
        assertLt(14 days + p.thawPeriod + LONGEST_STOP, governance.delay(), "delay");
    }

    function test_propose_announcesTermsThatHoldNothingYet() public {
        vm.warp(START + 5);
        uint256 enactableAt = START + 5 + governance.delay();
        vm.expectEmit(address(governance));
        emit IGovernance.TermsProposed(_next(), enactableAt);
        _propose(_next());
        _assertProposal(_next(), enactableAt);
        _assertTerms(_terms());
    }

    function test_enact_isForTwoWeeksOnly() public {
        _propose(_next());
        uint256 last = START + governance.delay() + 14 days;
        vm.warp(last + 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.ProposalExpired.selector, last));
        governance.enact();
        _assertTerms(_terms());
        vm.warp(last);
        governance.enact();
        _assertTerms(_next());
    }

    function test_enact_isForAnyoneFromTheSecondOnThatWasAnnounced() public {
        _propose(_next());
        uint256 enactableAt = START + governance.delay();
        vm.warp(enactableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernance.DelayNotOver.selector, enactableAt));
        governance.enact();
        vm.warp(enactableAt);
        vm.expectEmit(address(onus));
        emit IRules.TermsChanged(_next());
        vm.prank(stranger);
        governance.enact();
        _assertTerms(_next());
        _assertProposal(_none(), 0);
        vm.expectRevert(IGovernance.NothingProposed.selector);
        governance.enact();
    }

    function test_propose_replacesTheLastProposalAndBeginsItsDelayAnew() public {
        _propose(_next());
        vm.warp(START + governance.delay());
        Terms memory later = _next();
        later.escrow = 2 hours / 1 minutes;
        _propose(later);
        _assertProposal(later, block.timestamp + governance.delay());
        vm.expectPartialRevert(IGovernance.DelayNotOver.selector);
        governance.enact();
        vm.warp(block.timestamp + governance.delay());
        governance.enact();
        _assertTerms(later);
    }

    function test_cancel_withdrawsTheProposalForEver() public {
        _propose(_next());
        vm.expectEmit(address(governance));
        emit IGovernance.ProposalCancelled();
        vm.prank(governor);
        governance.cancel();
        _assertProposal(_none(), 0);
        vm.warp(START + governance.delay());
        vm.expectRevert(IGovernance.NothingProposed.selector);
        governance.enact();
        vm.expectRevert(IGovernance.NothingProposed.selector);
        vm.prank(governor);
        governance.cancel();
    }

    function testFuzz_propose_refusesWhatCouldNeverHold(uint88 stake, uint24 blocks, uint16 escrow) public {
        Terms memory bad = _terms();
        bad.minWindowBlocks = uint24(bound(blocks, 100_801, type(uint24).max));
        _refuseTerms(bad, _invalid("minWindowBlocks"));
        bad = _terms();
        bad.escrow = escrow < 60 ? escrow : uint16(bound(escrow, 43_201, type(uint16).max));
        _refuseTerms(bad, _invalid("escrow"));
        bad = _terms();
        bad.minStake = uint88(bound(stake, 0, 1e9 - 1));
        _refuseTerms(bad, _invalid("minStake"));
        _assertProposal(_none(), 0);
    }

    function testFuzz_propose_isEnactedWhenItWasAccepted(uint88 stake, uint24 blocks, uint16 escrow) public {
        Terms memory next = Terms({
            minStake: uint88(bound(stake, MIN_STAKE / 10, MIN_STAKE * 10)),
            minWindowBlocks: uint24(bound(blocks, 0, 100_800)),
            escrow: uint16(bound(escrow, 60, 43_200))
        });
        _propose(next);
        vm.warp(START + governance.delay());
        governance.enact();
        _assertTerms(next);
    }

    function testFuzz_propose_changesTheStakeByAFactorOfTenAtMost(uint88 stake) public {
        bytes memory refusal = abi.encodeWithSelector(IGovernance.ChangeTooLarge.selector, "minStake");
        Terms memory next = _terms();
        next.minStake = uint88(bound(stake, MIN_STAKE * 10 + 10, type(uint88).max));
        _refuseTerms(next, refusal);
        next.minStake = uint88(bound(stake, 1e9, MIN_STAKE / 10 - 1));
        _refuseTerms(next, refusal);
        next.minStake = uint88(MIN_STAKE * 10 + 10);
        _refuseTerms(next, refusal);
        next.minStake = uint88(MIN_STAKE * 10);
        _propose(next);
        next.minStake = uint88(MIN_STAKE / 10 - 1);
        _refuseTerms(next, refusal);
        next.minStake = uint88(MIN_STAKE / 10);
        _propose(next);
    }

    // pauses

    function testFuzz_pauseAnchors_lastsAsLongAsItSays(uint24 duration) public {
        duration = uint24(bound(duration, 1, LONGEST_PAUSE));
        _pause(duration);
        _assertPause(START, START + duration);
    }

    function testFuzz_pauseAnchors_refusesMoreThan30Days(uint24 duration) public {
        duration = uint24(bound(duration, LONGEST_PAUSE + 1, type(uint24).max));
        vm.expectRevert(abi.encodeWithSelector(IGovernance.HoldRefused.selector, duration, LONGEST_PAUSE, 0));
        _pause(duration);
    }

    function testFuzz_pauseAnchors_restsFor30Days(uint24 duration, uint24 next) public {
        duration = uint24(bound(duration, 1, LONGEST_PAUSE));
        next = uint24(bound(next, 1, LONGEST_PAUSE));
        _pause(duration);
        uint256 earliest = START + duration + 30 days;
        vm.warp(earliest - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernance.HoldRefused.selector, next, LONGEST_PAUSE, earliest)
        );
        _pause(next);
        vm.warp(earliest);
        _pause(next);
        _assertPause(START, earliest + next);
    }

    function testFuzz_pauseAnchors_canBeEndedEarlyAndRestsAllTheSame(uint24 duration, uint24 ended) public {
        duration = uint24(bound(duration, 2, LONGEST_PAUSE));
        ended = uint24(bound(ended, 1, duration - 1));
        _pause(duration);
        vm.warp(START + ended);
        _pause(0);
        _assertPause(START, START + ended);
        vm.warp(START + duration + 30 days - 1);
        vm.expectPartialRevert(IGovernance.HoldRefused.selector);
        _pause(1);
    }

    function test_pauseAnchors_endsNothingThatIsOver() public {
        _pause(0);
        _assertPause(0, 0);
        _pause(1 days);
        vm.warp(START + 1 days);
        _pause(0);
        _assertPause(START, START + 1 days);
    }

    function test_pauseAnchors_isRememberedAsOneWithAPauseLessThan60DaysBefore() public {
        _pause(1 days);
        vm.warp(START + 61 days);
        _pause(1 days);
        _assertPause(START, START + 62 days);
    }

    function test_pauseAnchors_beginsAnewMoreThan60DaysAfterTheLast() public {
        _pause(1 days);
        vm.warp(START + 61 days + 1);
        _pause(1 days);
        _assertPause(START + 61 days + 1, START + 62 days + 1);
    }

    function test_pauseAnchors_isRememberedAsOneHoweverManyFollow() public {
        for (uint256 i; i < 30; ++i) {
            vm.warp(START + i * 60 days);
            _pause(LONGEST_PAUSE);
            _assertPause(START, START + i * 60 days + 30 days);
        }
    }

    /// @dev Who could not anchor meanwhile is excused, also when the pause was the last one of many.
    function test_pauseAnchors_forgetsNothingWhenALateOneIsEnded() public {
        _pause(LONGEST_PAUSE);
        vm.warp(START + 60 days);
        _pause(LONGEST_PAUSE);
        vm.warp(START + 120 days);
        _pause(LONGEST_PAUSE);
        vm.warp(START + 121 days);
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(START + 125 days);
        _pause(0);
        _assertPause(START, START + 125 days);
        vm.deal(address(this), 1 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOmission.Excused.selector,
                onus.receiptIdOf(receipt),
                START,
                START + 125 days
            )
        );
        omission.claim{value: 1 ether}(receipt, signature);
    }

    /// @dev At most half of the time, and nothing of what was refused lately is ever forgotten.
    function testFuzz_pauseAnchors_staysWithinItsBounds(uint256 seed) public {
        uint256 paused;
        uint256 pausedFrom;
        uint256 pausedUntil;
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            bool running = block.timestamp < pausedUntil;
            uint24 duration = seed % 3 == 0 ? 0 : uint24((seed >> 8) % (LONGEST_PAUSE + 1));
            if (_mayPause(duration)) {
                if (duration != 0) (pausedFrom, pausedUntil) = (block.timestamp, block.timestamp + duration);
                else if (running) pausedUntil = block.timestamp;
            }
            (uint256 from, uint256 until) = onus.lastPause();
            assertEq(until, pausedUntil, "until");
            assertLe(from, pausedFrom, "from");
            uint256 step = (seed >> 64) % 40 days;
            if (pausedUntil > block.timestamp)
                paused += step < pausedUntil - block.timestamp ? step : pausedUntil - block.timestamp;
            vm.warp(block.timestamp + step);
        }
        assertLe(paused, (block.timestamp - START) / 2 + LONGEST_PAUSE, "paused in all");
    }

    // stops

    function testFuzz_stopDisputes_lastsAsLongAsItSays(uint24 duration, uint24 later) public {
        duration = uint24(bound(duration, 1, LONGEST_STOP));
        _stop(duration);
        vm.warp(START + duration + later);
        assertEq(onus.clock(), START + later, "clock");
    }

    function testFuzz_stopDisputes_refusesMoreThan7Days(uint24 duration) public {
        duration = uint24(bound(duration, LONGEST_STOP + 1, type(uint24).max));
        vm.expectRevert(abi.encodeWithSelector(IGovernance.HoldRefused.selector, duration, LONGEST_STOP, 0));
        _stop(duration);
    }

    function test_stopDisputes_mayLastTheWhole7Days() public {
        _stop(LONGEST_STOP);
        vm.warp(START + 10 days);
        assertEq(onus.clock(), START + 10 days - LONGEST_STOP, "clock");
    }

    function testFuzz_stopDisputes_restsFor30Days(uint24 duration, uint24 next) public {
        duration = uint24(bound(duration, 1, LONGEST_STOP));
        next = uint24(bound(next, 1, LONGEST_STOP));
        _stop(duration);
        uint256 earliest = START + duration + 30 days;
        bytes memory refusal = abi.encodeWithSelector(
            IGovernance.HoldRefused.selector,
            next,
            LONGEST_STOP,
            earliest
        );
        // Not even to prolong it.
        vm.warp(START + duration - 1);
        vm.expectRevert(refusal);
        _stop(next);
        vm.warp(earliest - 1);
        vm.expectRevert(refusal);
        _stop(next);
        vm.warp(earliest);
        _stop(next);
        vm.warp(earliest + next + 9);
        assertEq(onus.clock(), block.timestamp - duration - next, "clock");
    }

    function testFuzz_stopDisputes_canBeEndedEarlyAndRestsAllTheSame(uint24 duration, uint24 ended) public {
        duration = uint24(bound(duration, 2, LONGEST_STOP));
        ended = uint24(bound(ended, 1, duration - 1));
        _stop(duration);
        vm.warp(START + ended);
        _stop(0);
        vm.warp(START + ended + 30 days - 1);
        assertEq(onus.clock(), block.timestamp - ended, "clock");
        vm.expectPartialRevert(IGovernance.HoldRefused.selector);
        _stop(1);
        // A pause is another matter.
        _pause(1);
    }

    /// @dev A convicted provider cannot be kept from justice for ever.
    function testFuzz_stopDisputes_leavesTheClockMostOfTheTime(uint256 seed) public {
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint24 duration = seed % 4 == 0 ? 0 : uint24((seed >> 8) % (LONGEST_STOP + 1));
            vm.prank(guardian);
            try governance.stopDisputes(duration) {} catch {}
            vm.warp(block.timestamp + ((seed >> 64) % 20 days));
        }
        uint256 passed = block.timestamp - START;
        assertLe(block.timestamp - onus.clock(), (passed * 7) / 37 + LONGEST_STOP, "stopped in all");
    }

    // payouts

    function test_returnPayout_isTheGuardiansAndGivesBackToTheProvider() public {
        _stake(provider, 4_000e18);
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _convictDirect(receipt);
        bytes32 id = _idOf(receipt);
        address[4] memory others = [stranger, governor, provider, challenger];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGovernance.SenderNotGuardian.selector, others[i]));
            vm.prank(others[i]);
            governance.returnPayout(id, receipt);
        }
        vm.prank(guardian);
        governance.returnPayout(id, receipt);
        assertEq(onus.account(provider).active, 4_000e18, "active stake");
        assertTrue(_payout(id).returned, "returned");
    }

    // roles

    function test_governor_isTheOnlyOneWhoProposesCancelsAndAppoints() public {
        address[3] memory others = [stranger, guardian, provider];
        for (uint256 i; i < 3; ++i) {
            bytes memory refusal = abi.encodeWithSelector(
                Ownable.OwnableUnauthorizedAccount.selector,
                others[i]
            );
            Terms memory next = _next();
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            governance.propose(next);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            governance.cancel();
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            governance.appointGuardian(others[i]);
        }
    }

    function test_guardian_isTheOnlyOneWhoHoldsUp() public {
        address[3] memory others = [stranger, governor, provider];
        for (uint256 i; i < 3; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IGovernance.SenderNotGuardian.selector, others[i]);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            governance.pauseAnchors(1);
            vm.expectRevert(refusal);
            vm.prank(others[i]);
            governance.stopDisputes(1);
        }
    }

    function test_appointGuardian_replacesTheGuardianAtOnce() public {
        vm.expectEmit(address(governance));
        emit IGovernance.GuardianAppointed(stranger);
        vm.prank(governor);
        governance.appointGuardian(stranger);
        assertEq(governance.guardian(), stranger, "guardian");
        vm.expectRevert(abi.encodeWithSelector(IGovernance.SenderNotGuardian.selector, guardian));
        _pause(1);
        vm.prank(stranger);
        governance.pauseAnchors(1);
        // What the last guardian did is not forgotten.
        vm.expectPartialRevert(IGovernance.HoldRefused.selector);
        vm.prank(stranger);
        governance.pauseAnchors(1);
    }

    function test_transferOwnership_takesTwoSteps() public {
        vm.prank(governor);
        governance.transferOwnership(stranger);
        assertEq(governance.owner(), governor, "owner before");
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, challenger));
        vm.prank(challenger);
        governance.acceptOwnership();
        vm.prank(stranger);
        governance.acceptOwnership();
        assertEq(governance.owner(), stranger, "owner");
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, governor));
        vm.prank(governor);
        governance.cancel();
    }

    function test_renounceOwnership_leavesTermsAndGuardianAsTheyAre() public {
        vm.prank(governor);
        governance.renounceOwnership();
        Terms memory next = _next();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, governor));
        _propose(next);
        _pause(1);
        assertEq(governance.guardian(), guardian, "guardian");
        _assertTerms(_terms());
    }

    function test_constructor_namesTheGuardianAndMayNameNobody() public {
        vm.expectEmit();
        emit IGovernance.GuardianAppointed(address(0));
        Governance silent = new Governance(governor, address(0));
        assertEq(silent.guardian(), address(0), "guardian");
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new Governance(address(0), guardian);
    }

    // what nobody can do

    /// @dev Every call that governance has, by everybody, one after the other: no balance changes, and no lock.
    function testFuzz_governance_movesNoMoneyAndChangesNoLock(uint256 seed) public {
        _stake(provider, 4_000e18);
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        bytes32 lock = keccak256(abi.encode(onus.lockOf(_idOf(receipt))));
        Books memory books = _books(provider);
        for (uint256 i; i < 30; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.prank(seed & 1 == 0 ? governor : guardian);
            (bool done, ) = address(governance).call(_anyCall(seed, receipt));
            if (done) vm.warp(block.timestamp + ((seed >> 128) % 40 days));
        }
        _assertBooks(provider, books);
        assertEq(keccak256(abi.encode(onus.lockOf(_idOf(receipt)))), lock, "lock");
    }

    function test_governance_ofNobodyIsNobody() public {
        _modules();
        Onus.Parameters memory p = _parameters();
        p.governance = IGovernance(address(0));
        onus = new Onus(p);
        assertEq(onus.governance(), address(0), "governance");
        address[3] memory others = [governor, guardian, address(governance)];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRules.SenderNotGovernance.selector, others[i]));
            vm.prank(others[i]);
            onus.stopDisputes(1);
        }
        // Nor does a governance that no registry has named reach anything.
        vm.expectRevert();
        _pause(1);
    }

    /// @dev A payout can be given back, but to nobody else, and not once it can be claimed.
    function test_governance_redirectsNoPayout() public {
        _stake(provider, 4_000e18);
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _convictDirect(receipt);
        bytes32 id = _idOf(receipt);
        Receipt memory made = _receipt(C);
        made.provider = guardian;
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutMismatch.selector, id));
        vm.prank(guardian);
        governance.returnPayout(id, made);
        // Stopping the clock keeps everybody waiting, and itself.
        vm.warp(START + ESCROW - 1);
        _stop(LONGEST_STOP);
        vm.warp(START + ESCROW + LONGEST_STOP);
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutSettled.selector, id));
        vm.prank(guardian);
        governance.returnPayout(id, receipt);
        onus.claimRestitution(receipt);
        assertEq(token.balanceOf(consumer), C, "paid");
        assertEq(uint256(_payout(id).fault), uint256(Fault.WrongExecution), "fault");
    }

    function _anyCall(uint256 seed, Receipt memory receipt) private view returns (bytes memory) {
        uint256 which = (seed >> 8) % 6;
        if (which == 0) return abi.encodeCall(IGovernance.propose, (_next()));
        if (which == 1) return abi.encodeCall(IGovernance.cancel, ());
        if (which == 2) return abi.encodeCall(IGovernance.enact, ());
        if (which == 3) return abi.encodeCall(IGovernance.pauseAnchors, (uint24((seed >> 64) % 31 days)));
        if (which == 4) return abi.encodeCall(IGovernance.stopDisputes, (uint24((seed >> 64) % 8 days)));
        return abi.encodeCall(IGovernance.returnPayout, (_idOf(receipt), receipt));
    }

    function _mayPause(uint24 duration) private returns (bool) {
        vm.prank(guardian);
        try governance.pauseAnchors(duration) {
            return true;
        } catch {
            return false;
        }
    }

    function _pause(uint24 duration) private {
        vm.prank(guardian);
        governance.pauseAnchors(duration);
    }

    function _stop(uint24 duration) private {
        vm.prank(guardian);
        governance.stopDisputes(duration);
    }

    function _propose(Terms memory next) private {
        vm.prank(governor);
        governance.propose(next);
    }

    function _refuseTerms(Terms memory bad, bytes memory refusal) private {
        vm.expectRevert(refusal);
        _propose(bad);
    }

    function _assertProposal(Terms memory expected, uint256 enactableAt) private view {
        (Terms memory proposed, uint256 moment) = governance.proposal();
        assertEq(keccak256(abi.encode(proposed)), keccak256(abi.encode(expected)), "proposed");
        assertEq(moment, enactableAt, "enactable at");
    }

    function _assertTerms(Terms memory expected) private view {
        assertEq(keccak256(abi.encode(onus.terms())), keccak256(abi.encode(expected)), "terms");
    }

    function _assertPause(uint256 from, uint256 until) private view {
        (uint256 pausedFrom, uint256 pausedUntil) = onus.lastPause();
        assertEq(pausedFrom, from, "paused from");
        assertEq(pausedUntil, until, "paused until");
    }

    function _next() private pure returns (Terms memory) {
        return Terms({minStake: uint88(2 * MIN_STAKE), minWindowBlocks: 40, escrow: 5 days / 1 minutes});
    }

    function _none() private pure returns (Terms memory terms) {}

    function _invalid(string memory name) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.ParameterInvalid.selector, name);
    }
}
