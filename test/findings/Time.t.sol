// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Onus} from "../../contracts/core/Onus.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Lock} from "../../contracts/types/Lock.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {Terms} from "../../contracts/types/Terms.sol";
import {FindingTest} from "./FindingTest.sol";

/// @dev Unbonding against disputes.
contract TimeFindingsTest is FindingTest {
    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    function test_T01_Cosmos_stakeThatThawsIsTakenUntilItIsWithdrawn() public {
        _thaw(STAKE / 2);
        Receipt memory first = _anchoredForLong(STAKE / 16);
        Receipt memory second = _anchoredForLong(STAKE / 16);
        _pass(13 days);
        _convictDirect(first);
        _convictDirect(second);
        assertEq(_books(provider).thawing, STAKE / 2 - STAKE / 8, "thawing stake");
    }

    function test_T01_EigenLayer_noThawIsShorterThanWindowGameAndBuffer() public {
        _modules();
        Onus.Parameters memory parameters = _parameters();
        parameters.thawPeriod = 14 days + 3 days + 2 days - 1;
        vm.expectRevert(abi.encodeWithSelector(IRules.ParameterInvalid.selector, "thawPeriod"));
        new Onus(parameters);
    }

    function test_T02_TRST_M9_lastSecondDisputeKeepsWhatItMayTake() public {
        _thaw(STAKE / 2);
        _pass(THAW - 1 hours);
        Receipt memory receipt = _anchored(STAKE / 16);
        _pass(WINDOW);
        judge.detain(receipt, _direct(), onus.clock() + 3 days);
        // Four times the bond may be taken beside the bond: everything that thaws.
        vm.prank(provider);
        _rejects(IStake.ThawFrozen.selector);
        onus.withdraw();
        _pass(3 days);
        _convictDirect(receipt);
        assertEq(_books(provider).slashed, STAKE / 4, "bond and as much again");
    }

    /// @dev A dispute that ends soon, opened by a friend, must not use up what a later one of the receipt needs.
    function test_T02_TRST_M9_anEarlyDisputeSpendsNoFreeze() public {
        _thaw(STAKE / 2);
        _pass(THAW - 1 days);
        Receipt memory receipt = _anchoredForLong(STAKE / 16);
        judge.detain(receipt, _direct(), onus.clock() + 1);
        _pass(2 days);
        judge.detain(receipt, _direct(), onus.clock() + 15 days);
        vm.prank(provider);
        _rejects(IStake.ThawFrozen.selector);
        onus.withdraw();
        _pass(15 days);
        vm.prank(provider);
        _rejects(IStake.ThawFrozen.selector);
        onus.withdraw();
        _pass(1);
        assertEq(_withdraw(), STAKE / 2, "all of it, when the dispute is over");
    }

    /// @dev Its seconds pass in an outage of the chain, but the dispute goes on as long as its receipt is open.
    function test_T02_TRST_M9_anOutageOfTheChainEndsNoFreeze() public {
        _thaw(STAKE / 2);
        _pass(THAW - 1 hours);
        Receipt memory receipt = _anchored(STAKE / 16);
        judge.detain(receipt, _direct(), onus.clock() + 1 days);
        vm.warp(block.timestamp + 2 days);
        vm.prank(provider);
        _rejects(IStake.ThawFrozen.selector);
        onus.withdraw();
        _convictDirect(receipt);
        vm.roll(block.number + WINDOW_BLOCKS);
        assertEq(_withdraw(), STAKE / 2, "all of it, when the dispute is over");
    }

    function test_T03_GZ25_L19_TRST_L5_newTermsChangeNoLockThatExists() public {
        vm.prank(governor);
        governance.propose(Terms(uint88(MIN_STAKE), 5_000, 60));
        _pass(governance.delay());
        Receipt memory receipt = _anchored(1e18);
        Lock memory before = onus.lockOf(_idOf(receipt));
        governance.enact();
        Lock memory lock = onus.lockOf(_idOf(receipt));
        assertEq(lock.untilBlock, before.untilBlock, "blocks of the window");
        _convictDirect(receipt);
        assertEq(_payout(_idOf(receipt)).maturesAt, onus.clock() + ESCROW, "escrow of the old terms");
    }

    /// @dev Whatever a provider writes into its receipt: what can be anchored can be convicted.
    function testFuzz_T04_GZ24_H02_GZ24_H05_noNumberOfTheProviderStopsAConviction(
        uint64 anchorBy,
        uint64 issuedAt,
        bytes32 termsHash,
        uint256 coverage
    ) public {
        Receipt memory receipt = _receipt(bound(coverage, 1, STAKE / 4));
        receipt.anchorBy = uint64(bound(anchorBy, block.timestamp, type(uint64).max));
        receipt.issuedAt = uint64(bound(issuedAt, 0, block.timestamp));
        receipt.termsHash = termsHash;
        _attest(receipt);
        _convictDirect(receipt);
        assertEq(_payout(_idOf(receipt)).restitution, receipt.coverage, "restitution");
    }

    function test_T04_GZ25_M01_aPeriodBeyondTheBoundsIsRefused() public {
        Receipt memory receipt = _receipt(1e18);
        receipt.challengeWindow = type(uint32).max;
        vm.prank(provider);
        _rejects(IReceipts.WindowOutOfRange.selector);
        onus.attest(receipt);
    }

    function test_T05_CSM_silenceConvictsAndNeverReleases() public {
        Receipt memory receipt = _receipt(1e18);
        bytes memory signature = _sign(KEY, receipt);
        _pass(2 hours);
        omission.claim{value: omission.answerPrice()}(receipt, signature);
        _pass(RESPONSE + 1 hours);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        assertEq(_books(provider).slashed, STAKE / 100, "one percent of the stake");
    }

    function test_T05_CSM_aDisputedBondIsNotReleasedByTime() public {
        Receipt memory receipt = _anchored(1e18);
        judge.detain(receipt, _direct(), onus.clock() + 4 hours);
        _pass(4 hours);
        _rejects(IReceipts.WindowOpen.selector);
        onus.releaseReceipt(receipt, _direct());
        _convictDirect(receipt);
    }

    function test_T06_GZ25_L02_EGSL05_aLongWindowBlocksNoShortOne() public {
        Receipt memory first = _anchoredForLong(1e18);
        Receipt memory second = _anchored(1e18);
        _pass(2 hours);
        onus.releaseReceipt(second, _direct());
        _rejects(IReceipts.WindowOpen.selector);
        onus.releaseReceipt(first, _direct());
    }

    function test_T07_Chainlink_Symbiotic_maturedStakeIsTakenAndPromisesNothing() public {
        _thaw(STAKE / 2);
        _pass(THAW + 1);
        assertEq(onus.capacity(provider), STAKE / 8, "capacity without what has thawed");
        Receipt memory first = _anchored(STAKE / 16);
        Receipt memory second = _anchored(STAKE / 16);
        _convictDirect(first);
        _convictDirect(second);
        assertEq(_books(provider).thawing, STAKE / 2 - STAKE / 8, "thawed stake pays for the second");
    }

    function test_T08_anOutageOfTheChainEatsNoWindow() public {
        Receipt memory receipt = _anchored(1e18);
        vm.warp(block.timestamp + 30 days);
        _rejects(IReceipts.WindowOpen.selector);
        onus.releaseReceipt(receipt, _direct());
        _convictDirect(receipt);
    }

    function test_T09_aFailedDisputeRunsDownNoClock() public {
        Receipt memory receipt = _anchored(1e18);
        vm.warp(block.timestamp + WINDOW);
        vm.roll(block.number + WINDOW_BLOCKS);
        vm.prank(challenger);
        _rejects(IConvictions.NotGuilty.selector);
        onus.convict(Fault.WrongExecution, receipt, _direct(), INNOCENT);
        _convictDirect(receipt);
    }
}
