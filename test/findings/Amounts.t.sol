// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {FindingTest} from "./FindingTest.sol";

/// @dev Who can lose how much.
contract AmountFindingsTest is FindingTest {
    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    function test_T10_ELCert_C01_noStakeIsReservedTwice() public {
        _anchored(STAKE / 4);
        Receipt memory receipt = _receipt(1);
        vm.prank(provider);
        _rejectsStakeTooLow();
        onus.attest(receipt);
        vm.prank(provider);
        _rejectsStakeTooLow();
        onus.startThaw(1);
    }

    function test_T11_GZ25_L07_aConvictionUnlocksTheBondThatItTakes() public {
        Receipt memory receipt = _anchored(10e18);
        _anchored(20e18);
        Books memory expected = _books(provider);
        _convictDirect(receipt);
        expected.active -= 40e18;
        expected.locked -= 20e18;
        expected.slashed = 40e18;
        expected.faults = 1;
        _assertBooks(provider, expected);
    }

    function test_T12_noPunishmentTakesTheCoverOfAnother() public {
        Receipt memory first = _anchored(STAKE / 8);
        Receipt memory second = _anchored(STAKE / 16);
        Receipt memory third = _anchored(STAKE / 16);
        _convictDirect(first);
        _convictDirect(second);
        assertEq(_lockedBond(third), STAKE / 8, "bond of the third");
        _convictDirect(third);
        assertEq(_payout(_idOf(third)).restitution, STAKE / 16, "restitution of the third");
    }

    function test_T13_GZ24_M02_repeatedPunishmentsGrow() public {
        uint256 last;
        for (uint256 i; i < 3; ++i) {
            uint256 taken = _convictAs(challenger, _anchored(5e18));
            assertEq(taken, 10e18 + (10e18 << i), "taken");
            assertLt(last, taken, "more than the last time");
            last = taken;
        }
    }

    function test_T14_TRST_L8_whatIsAtRiskIsFixedWhenItIsAnchored() public {
        Receipt memory receipt = _anchored(10e18);
        _stake(provider, 100 * STAKE);
        assertEq(_lockedBond(receipt), 20e18, "bond after a deposit");
        _thaw(100 * STAKE);
        assertEq(_lockedBond(receipt), 20e18, "bond after a thaw");
    }

    function test_T15_SYMCert_H01_convictionsNeedNoOrder() public {
        Receipt memory early = _anchoredForLong(10e18);
        _pass(1 days);
        Receipt memory late = _anchored(1e18);
        _convictDirect(late);
        _convictDirect(early);
        assertEq(_payout(_idOf(early)).restitution, 10e18, "restitution of the earlier");
    }

    function test_T16_GZ24_M05_GZ25_M02_TRST_H8_TRST_L6_whoHasLessLosesWhatThereIs() public {
        Receipt[4] memory receipts;
        for (uint256 i; i < 4; ++i) receipts[i] = _anchored(STAKE / 16);
        for (uint256 i; i < 4; ++i) _convictDirect(receipts[i]);
        assertEq(_books(provider).slashed, STAKE, "everything and no more");
        assertEq(_books(provider).active, 0, "active stake");
    }

    function test_T17_ELCant311_ELCert_C01_theLargestNumbersAreBookedExactly() public {
        uint256 most = 2 ** 120 - 1;
        _stake(provider, most - STAKE);
        Receipt memory receipt = _anchored(most / 4);
        assertEq(_books(provider).locked, 2 * (most / 4), "locked");
        _convictDirect(receipt);
        assertEq(_payout(_idOf(receipt)).restitution, most / 4, "restitution");
        assertEq(_books(provider).active, most - 4 * (most / 4), "what is left");
    }

    function test_T17_GZ25_M01_EGSL04_EGSL18_aDepositBeyondTheBooksIsRefused() public {
        uint256 most = 2 ** 120 - 1 - STAKE;
        token.mint(provider, most + 1);
        vm.prank(provider);
        token.approve(address(onus), most + 1);
        vm.prank(provider);
        (bool success, ) = address(onus).call(abi.encodeCall(onus.deposit, (uint128(most + 1))));
        assertFalse(success, "one more than there is room for");
        _stake(provider, most);
    }

    function test_T18_GMI1_theSameAnswerToAnotherRequestIsAnotherOffence() public {
        Receipt memory first = _anchored(1e18);
        Receipt memory second = _receipt(1e18);
        second.outputCommitment = first.outputCommitment;
        second.inputCommitment = first.inputCommitment;
        _attest(second);
        _convictDirect(first);
        _convictDirect(second);
        assertEq(_books(provider).faults, 2, "faults");
    }

    function test_T19_TRST_L7_oneOffenceIsPunishedOnceWhoeverShowsIt() public {
        Receipt memory receipt = _anchored(1e18);
        _convictDirect(receipt);
        vm.prank(stranger);
        _rejects(IConvictions.AlreadyConvicted.selector);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        assertEq(_books(provider).faults, 1, "faults");
    }

    function test_T20_TRST_M8_bothOfTwoConflictingReceiptsLoseTheirBonds() public {
        Receipt memory receipt = _anchored(10e18);
        Receipt memory rival = _rival(receipt);
        _attest(rival);
        onus.convict(Fault.Equivocation, receipt, _direct(), _placed(rival, _direct()));
        onus.convict(Fault.Equivocation, rival, _direct(), _placed(receipt, _direct()));
        assertEq(_books(provider).locked, 0, "locked");
        assertTrue(onus.account(provider).tombstoned, "excluded");
        assertEq(_books(provider).faults, 1, "faults");
    }

    function test_T21_Cosmos_Polkadot_escalationEndsAtFourTimes() public {
        Receipt[5] memory receipts;
        for (uint256 i; i < 5; ++i) receipts[i] = _anchored(3e18);
        uint256[5] memory takes = [uint256(12e18), 18e18, 30e18, 30e18, 30e18];
        for (uint256 i; i < 5; ++i) assertEq(_convictAs(challenger, receipts[i]), takes[i], "taken");
        Receipt memory next = _receipt(1);
        vm.prank(provider);
        _rejects(IStake.ProviderTombstoned.selector);
        onus.attest(next);
    }
}
