// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {FindingTest} from "./FindingTest.sol";

/// @dev Shares, rounding and dust.
contract ArithmeticFindingsTest is FindingTest {
    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    function testFuzz_T23_GZ24_C01_TRST_M3_aDonationIsNobodysStake(uint128 amount) public {
        Books memory expected = _books(provider);
        uint256 capacity = onus.capacity(provider);
        token.mint(address(onus), amount);
        expected.balance += amount;
        _assertBooks(provider, expected);
        assertEq(onus.capacity(provider), capacity, "capacity");
    }

    function test_T24_SYMCert_M01_GZ25_L03_TRST_M2_losingEverythingAgainOverflowsNothing() public {
        for (uint256 i; i < 3; ++i) {
            if (i != 0) _stake(provider, STAKE);
            assertEq(_convictAs(challenger, _anchored(STAKE / 4)), STAKE, "taken");
        }
        assertEq(_books(provider).active, 0, "active stake");
    }

    function test_T25_ELCant322_whoLostEverythingCanDepositAgain() public {
        _convictDirect(_anchored(STAKE / 4));
        _stake(provider, STAKE);
        assertEq(onus.capacity(provider), STAKE / 4, "capacity");
        _anchored(STAKE / 4);
    }

    function testFuzz_T26_ELCant312_EGSL16_TRST_H4_GZ25_L04_roundingNeverServesTheOffender(
        uint256 coverage,
        uint256 dust
    ) public {
        _stake(provider, bound(dust, 1, 1e18));
        Receipt memory receipt = _anchored(bound(coverage, 1, onus.capacity(provider)));
        uint256 taken = _convictAs(challenger, receipt);
        IConvictions.Payout memory due = _payout(_idOf(receipt));
        assertEq(due.restitution, receipt.coverage, "the whole cover");
        assertEq(due.reward, taken / 5, "the reward is rounded down");
        assertEq(uint256(due.restitution) + due.reward + due.burnable, taken, "the rest is burned");
        assertLe(4 * uint256(receipt.coverage), taken, "bond and as much again");
    }

    function test_T27_EGSL13_theSmallestCoverStillCostsOnePercent() public {
        assertEq(_convictAs(challenger, _anchored(1)), 2 + STAKE / 100, "taken");
    }

    function test_T27_TRST_H3_nothingIsAnchoredForNothing() public {
        Receipt memory receipt = _receipt(0);
        vm.prank(provider);
        _rejects(IReceipts.CoverageZero.selector);
        onus.attest(receipt);
        _thaw(STAKE - MIN_STAKE + 1);
        receipt = _receipt(1);
        vm.prank(provider);
        _rejectsStakeTooLow();
        onus.attest(receipt);
    }

    function test_T28_EGSL17_aPartOfNothingStopsNoOther() public {
        Receipt memory receipt = _receipt(1e18);
        receipt.consumer = address(0);
        _attest(receipt);
        _convictDirect(receipt);
        _pass(ESCROW);
        _rejects(IConvictions.PayoutEmpty.selector);
        onus.claimRestitution(receipt);
        onus.claimReward(_idOf(receipt));
        onus.burn(_idOf(receipt));
        assertEq(_books(provider).balance, _books(provider).active, "nothing but the stake is left");
    }
}
