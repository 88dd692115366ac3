// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Lock} from "../../contracts/types/Lock.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

/// @notice What the registry does for games: it keeps receipts open, and moves rewards to who knew first.
contract GamesTest is OnusTest {
    uint256 private constant C = 10e18;

    Receipt[] private _receipts;

    function setUp() public override {
        super.setUp();
        _stake(provider, 1_000e18);
        for (uint256 i; i < 3; ++i) _receipts.push(_receipt(C * (i + 1)));
        _anchor(_batchOf(_receipts));
    }

    function test_detain_isForTheJudgeOnly() public {
        Inclusion memory place = _inclusion(_receipts, 0);
        vm.expectRevert(abi.encodeWithSelector(IKeys.SenderNotAuthorised.selector, address(this), provider));
        onus.detain(_receipts[0], place, block.timestamp + 1 days, block.number);
    }

    function test_detain_keepsTheReceiptOpenAndItsBondApart() public {
        bytes32 batchId = _idOf(_batchOf(_receipts));
        judge.detain(_receipts[1], _inclusion(_receipts, 1), block.timestamp + 2 days);
        assertEq(onus.lockOf(batchId).bond, 2 * 4 * C, "left in the batch");
        vm.warp(block.timestamp + 2 days);
        vm.roll(block.number + WINDOW_BLOCKS);
        _releaseBatch(_batchOf(_receipts));
        assertEq(onus.account(provider).locked, 2 * 2 * C, "locked");
        vm.prank(challenger);
        onus.convict(Fault.WrongExecution, _receipts[1], _inclusion(_receipts, 1), GUILTY);
        assertEq(onus.account(provider).locked, 0, "locked after the conviction");
        assertEq(_payout(_idOf(_receipts[1])).restitution, 2 * C, "restitution");
    }

    function test_detain_prolongsButNeverShortens() public {
        Inclusion memory place = _inclusion(_receipts, 0);
        judge.detain(_receipts[0], place, block.timestamp + 2 days);
        judge.detain(_receipts[0], place, block.timestamp + 1 days);
        vm.warp(block.timestamp + 2 days);
        (, , , bool open) = onus.locate(_receipts[0], place);
        assertTrue(open, "open");
        vm.warp(block.timestamp + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
        (, , , open) = onus.locate(_receipts[0], place);
        assertFalse(open, "open afterwards");
        onus.releaseReceipt(_receipts[0], place);
        _releaseBatch(_batchOf(_receipts));
        assertEq(onus.account(provider).locked, 0, "locked");
    }

    function test_detain_keepsTheReceiptOpenUntilTheBlockThatTheJudgeNames() public {
        Inclusion memory place = _inclusion(_receipts, 0);
        vm.roll(START_BLOCK + 10);
        judge.detain(_receipts[0], place, block.timestamp);
        (, Lock memory lock, , ) = onus.locate(_receipts[0], place);
        assertEq(lock.untilBlock, START_BLOCK + 30, "until block");
        vm.warp(block.timestamp + 10 days);
        vm.roll(START_BLOCK + 29);
        (, , , bool open) = onus.locate(_receipts[0], place);
        assertTrue(open, "open");
        vm.roll(START_BLOCK + 30);
        (, , , open) = onus.locate(_receipts[0], place);
        assertFalse(open, "open afterwards");
    }

    function test_detain_worksForDirectReceipts() public {
        Receipt memory one = _receipt(C);
        _attest(one);
        uint256 locked = onus.account(provider).locked;
        judge.detain(one, _direct(), block.timestamp + 1 days);
        assertEq(onus.account(provider).locked, locked, "locked");
        _passWindow();
        vm.expectPartialRevert(IReceipts.WindowOpen.selector);
        onus.releaseReceipt(one, _direct());
        _convictDirect(one);
    }

    function test_detain_refusesWhatIsPaidOrOver() public {
        Inclusion memory place = _inclusion(_receipts, 0);
        onus.convict(Fault.WrongExecution, _receipts[0], place, GUILTY);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        judge.detain(_receipts[0], place, block.timestamp + 1 days);
        place = _inclusion(_receipts, 1);
        _passWindow();
        vm.expectPartialRevert(IReceipts.WindowClosed.selector);
        judge.detain(_receipts[1], place, block.timestamp + 1 days);
    }

    function test_releaseReceipt_isNotForBatches() public {
        _passWindow();
        Inclusion memory place = _inclusion(_receipts, 0);
        vm.expectPartialRevert(IReceipts.NotAnchored.selector);
        onus.releaseReceipt(_receipts[0], place);
    }

    /// @dev Whatever is detained, convicted and released in which order: every bond is given back or taken once.
    function testFuzz_detain_movesNoOtherBond(uint8 detained, uint8 convicted) public {
        for (uint256 i; i < 3; ++i) {
            if ((detained >> i) & 1 == 1)
                judge.detain(_receipts[i], _inclusion(_receipts, i), block.timestamp + 1 days);
        }
        uint256 taken;
        for (uint256 i; i < 3; ++i) {
            if ((convicted >> i) & 1 == 0) continue;
            uint256 before = onus.account(provider).locked;
            onus.convict(Fault.WrongExecution, _receipts[i], _inclusion(_receipts, i), GUILTY);
            assertEq(before - onus.account(provider).locked, 2 * C * (i + 1), "taken");
            taken += 2 * C * (i + 1);
        }
        vm.warp(block.timestamp + 1 days + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
        for (uint256 i; i < 3; ++i) {
            if ((detained >> i) & 1 == 1 && (convicted >> i) & 1 == 0)
                onus.releaseReceipt(_receipts[i], _inclusion(_receipts, i));
        }
        if (onus.account(provider).locked != 0) _releaseBatch(_batchOf(_receipts));
        assertEq(onus.account(provider).locked, 0, "locked");
    }

    function test_convict_movesTheRewardToWhoKnewFirst() public {
        Inclusion memory place = _inclusion(_receipts, 0);
        uint64 now_ = uint64(block.timestamp);
        vm.prank(stranger);
        onus.convict(Fault.WrongExecution, _receipts[0], place, abi.encode(true, now_));
        bytes32 id = _idOf(_receipts[0]);
        IConvictions.Payout memory before = _payout(id);
        Books memory books = _books(provider);
        vm.prank(challenger);
        onus.convict(Fault.WrongExecution, _receipts[0], place, abi.encode(true, now_ - 1));
        _assertBooks(provider, books);
        IConvictions.Payout memory due = _payout(id);
        assertEq(due.challenger, challenger, "challenger");
        assertEq(due.reward, before.reward, "reward");
        assertEq(due.maturesAt, before.maturesAt, "maturity");
        // Not for who comes as late, nor without guilt, nor when it is due.
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convict(Fault.WrongExecution, _receipts[0], place, abi.encode(true, now_ - 1));
        vm.expectPartialRevert(IConvictions.NotGuilty.selector);
        onus.convict(Fault.WrongExecution, _receipts[0], place, abi.encode(false, now_ - 2));
    }

    function test_convict_movesNoRewardThatIsDue() public {
        Receipt memory one = _receipt(C);
        one.challengeWindow = 14 days;
        _attest(one);
        vm.prank(stranger);
        onus.convict(Fault.WrongExecution, one, _direct(), GUILTY);
        vm.warp(block.timestamp + ESCROW);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convict(Fault.WrongExecution, one, _direct(), abi.encode(true, uint64(1)));
    }

    /// @dev Equivocation has taken the bond; the wrong execution is booked under its offence, and moves there.
    function test_convict_movesTheRewardOfItsOwnFaultOnly() public {
        Inclusion memory place = _inclusion(_receipts, 0);
        bytes memory evidence = _against(_rival(_receipts[0]));
        vm.prank(challenger);
        onus.convict(Fault.Equivocation, _receipts[0], place, evidence);
        vm.prank(stranger);
        onus.convict(Fault.WrongExecution, _receipts[0], place, GUILTY);
        vm.prank(consumer);
        onus.convict(Fault.WrongExecution, _receipts[0], place, abi.encode(true, uint64(1)));
        assertEq(_payout(_idOf(_receipts[0])).challenger, challenger, "of the equivocation");
    }

    function test_convict_countsACommitmentForAWhile() public {
        bytes memory evidence = _against(_rival(_receipts[0]));
        bytes32 commitment = equivocation.commitmentTo(onus.receiptIdOf(_receipts[0]), challenger, evidence);
        equivocation.commit(commitment);
        assertEq(equivocation.committedAt(commitment), block.timestamp, "committed at");
        vm.warp(block.timestamp + 15 minutes);
        vm.expectRevert(abi.encodeWithSelector(ICommitments.AlreadyCommitted.selector, commitment));
        equivocation.commit(commitment);
        Inclusion memory place = _inclusion(_receipts, 0);
        vm.prank(stranger);
        onus.convict(Fault.Equivocation, _receipts[0], place, evidence);
        vm.prank(challenger);
        onus.convict(Fault.Equivocation, _receipts[0], place, evidence);
        assertEq(_payout(_idOf(_receipts[0])).challenger, challenger, "challenger");
    }

    function test_convict_forgetsACommitmentAfterAQuarterOfAnHour() public {
        bytes memory evidence = _against(_rival(_receipts[0]));
        bytes32 commitment = equivocation.commitmentTo(onus.receiptIdOf(_receipts[0]), challenger, evidence);
        equivocation.commit(commitment);
        vm.warp(block.timestamp + 15 minutes + 1);
        Inclusion memory place = _inclusion(_receipts, 0);
        vm.prank(stranger);
        onus.convict(Fault.Equivocation, _receipts[0], place, evidence);
        vm.prank(challenger);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convict(Fault.Equivocation, _receipts[0], place, evidence);
        equivocation.commit(commitment);
    }
}
