// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Audits} from "../../contracts/audits/Audits.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IAudits} from "../../contracts/interfaces/IAudits.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {ISeats} from "../../contracts/interfaces/ISeats.sol";
import {Randao} from "../../contracts/libraries/Randao.sol";
import {SumTree} from "../../contracts/libraries/SumTree.sol";
import {Batch, Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {AuditsTest} from "./AuditsTest.sol";

/// @title History
/// @notice Stands for the contract of EIP-2935: knows the hash of one block.
contract History {
    uint256 private immutable _number;
    bytes32 private immutable _hash;

    constructor(uint256 number, bytes32 hash) {
        (_number, _hash) = (number, hash);
    }

    fallback(bytes calldata asked) external returns (bytes memory) {
        return abi.encode(abi.decode(asked, (uint256)) == _number ? _hash : bytes32(0));
    }
}

contract AuditsUnitTest is AuditsTest {
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    function test_constructor_refusesABondThatAllowsNoFee() public {
        vm.expectRevert(abi.encodeWithSelector(IAudits.SeatBondTooLow.selector, 999));
        new Audits(IOnus(address(onus)), 999);
        assertEq(new Audits(IOnus(address(onus)), 1_000).seatBond(), 1_000, "bond");
        assertEq(address(audits.registry()), address(onus), "registry");
    }

    // fund

    function test_fund_takesExactlyTheFees() public {
        Batch memory batch = _anchorAnswers(8);
        _approve(3 * FEE);
        vm.expectEmit(address(audits));
        emit IAudits.AuditsFunded(0, _idOf(batch), funder, 3, FEE, block.number + DRAW_DELAY);
        vm.prank(funder);
        uint256 fundId = audits.fund(batch, 3, FEE);
        assertEq(audits.fundCount(), 1, "funds");
        IAudits.Fund memory made = audits.fundOf(fundId);
        assertEq(made.lockId, _idOf(batch), "lock");
        assertEq(made.funder, funder, "funder");
        assertEq(made.fee, FEE, "fee");
        assertEq(made.count, 8, "leaves");
        assertEq(made.audits, 3, "audits");
        assertEq(made.seats, 3, "seats");
        assertEq(made.drawBlock, block.number + DRAW_DELAY, "block of the draw");
        assertEq(made.refundAt, block.timestamp + WINDOW + GAME + GRACE, "refund");
        assertEq(token.balanceOf(address(audits)), 3 * uint256(BOND) + 3 * uint256(FEE), "balance");
    }

    function test_fund_countsOnTheRegistrysClock() public {
        vm.prank(guardian);
        governance.stopDisputes(1 days);
        vm.warp(block.timestamp + 2 days);
        uint256 fundId = _fund(_anchorAnswers(8), 3);
        assertEq(audits.fundOf(fundId).refundAt, onus.clock() + WINDOW + GAME + GRACE, "refund");
    }

    function test_fundReceipt_takesExactlyOneFee() public {
        Receipt memory receipt = _attestAnswer();
        _approve(2 * FEE);
        vm.prank(funder);
        IAudits.Fund memory made = audits.fundOf(audits.fundReceipt(receipt, FEE));
        assertEq(made.lockId, _idOf(receipt), "lock");
        assertEq(made.count, 1, "leaves");
        assertEq(made.audits, 1, "audits");
        assertEq(token.balanceOf(funder), FEE, "left");
    }

    function test_fund_refusesWhatWasNotAnchored() public {
        receipts.push(_answer(1e18));
        Batch memory batch = _batchOf(receipts);
        vm.expectRevert(abi.encodeWithSelector(IAudits.LockUnknown.selector, _idOf(batch)));
        audits.fund(batch, 1, FEE);
    }

    function test_fund_refusesAWindowThatIsOver() public {
        Batch memory batch = _anchorAnswers(2);
        uint256 end = block.timestamp + WINDOW;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IAudits.WindowOver.selector, _idOf(batch), end));
        audits.fund(batch, 1, FEE);
    }

    function test_fund_refusesNoAuditsAndMoreThanThereAreLeaves() public {
        Batch memory batch = _anchorAnswers(2);
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditsOutOfRange.selector, 0, 2));
        audits.fund(batch, 0, FEE);
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditsOutOfRange.selector, 3, 2));
        audits.fund(batch, 3, FEE);
    }

    function test_fund_refusesNoFeeAndOneThatMakesASeatCheap() public {
        Batch memory batch = _anchorAnswers(2);
        vm.expectRevert(abi.encodeWithSelector(IAudits.FeeOutOfRange.selector, 0, FEE));
        audits.fund(batch, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.FeeOutOfRange.selector, FEE + 1, FEE));
        audits.fund(batch, 1, FEE + 1);
    }

    function test_fund_needsSomebodyToAudit() public {
        audits = new Audits(IOnus(address(onus)), BOND);
        Batch memory batch = _anchorAnswers(2);
        vm.expectRevert(IAudits.NoSeats.selector);
        audits.fund(batch, 1, FEE);
    }

    // draw

    function testFuzz_draw_choosesOneLeafOfEveryPart(bytes32 mix, uint256 count, uint256 number) public {
        count = bound(count, 1, type(uint32).max);
        number = bound(number, 1, count < 65_535 ? count : 65_535);
        uint256 fundId = _fundOfMany(count, number);
        _draw(fundId, mix);
        uint256 step = number > 50 ? number / 50 : 1;
        uint256 next;
        for (uint256 i; i < number; i += step) {
            uint256 index = audits.drawnIndex(fundId, i);
            assertLe(next, index, "no leaf twice");
            next = index + 1;
            assertLe((i * count) / number, index, "in its part");
            assertLt(index, ((i + 1) * count) / number, "not in the next part");
        }
    }

    function test_draw_isNotKnownBeforeItsBlock() public {
        uint256 fundId = _fund(_anchorAnswers(4), 1);
        uint256 number = audits.fundOf(fundId).drawBlock;
        bytes memory header = _header(number, "mix");
        _expectHeaderInvalid(number, header);
        audits.draw(fundId, header);
        vm.roll(number);
        _expectHeaderInvalid(number, header);
        audits.draw(fundId, header);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotDrawn.selector, fundId));
        audits.drawnIndex(fundId, 0);
    }

    function test_draw_takesTheMixOfItsBlockOnly() public {
        uint256 fundId = _fund(_anchorAnswers(4), 1);
        _makeDrawBlock(fundId, "mix");
        uint256 number = audits.fundOf(fundId).drawBlock;
        bytes memory other = _header(number, "another mix");
        _expectHeaderInvalid(number, other);
        audits.draw(fundId, other);
    }

    function test_draw_happensOnce() public {
        uint256 fundId = _drawnFund();
        vm.expectRevert(abi.encodeWithSelector(IAudits.AlreadyDrawn.selector, fundId));
        audits.draw(fundId, "");
    }

    function test_draw_reachesBackAsFarAsTheHistoryContractDoes() public {
        uint256 fundId = _fund(_anchorAnswers(4), 1);
        uint256 number = audits.fundOf(fundId).drawBlock;
        bytes memory header = _header(number, "mix");
        vm.roll(number + 8_191);
        blocks.etch(HISTORY, address(new History(number, keccak256(header))).code);
        audits.draw(fundId, header);
        bytes32 seed = keccak256(abi.encode(bytes32("mix"), address(audits), fundId));
        assertEq(audits.fundOf(fundId).seed, seed, "seed");
    }

    function test_draw_thatIsMissedIsNotRepeated() public {
        uint256 fundId = _fund(_anchorAnswers(4), 2);
        bytes memory header = _makeDrawBlock(fundId, "mix");
        uint256 number = audits.fundOf(fundId).drawBlock;
        vm.roll(number + 10_000);
        _expectHeaderInvalid(number, header);
        audits.draw(fundId, header);
        _passRefund();
        audits.refund(fundId);
        assertEq(token.balanceOf(funder), 2 * FEE, "everything came back");
    }

    function test_draw_isTooLateWhenTheWindowIsOver() public {
        Batch memory batch = _anchorAnswers(4);
        uint256 end = block.timestamp + WINDOW;
        uint256 fundId = _fund(batch, 1);
        bytes memory header = _makeDrawBlock(fundId, "mix");
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IAudits.WindowOver.selector, _idOf(batch), end));
        audits.draw(fundId, header);
    }

    function test_draw_needsASecondForEachTurnTwice() public {
        Batch memory batch = _anchorAnswers(4);
        uint256 end = block.timestamp + WINDOW;
        uint256 fundId = _fund(batch, 1);
        bytes memory header = _makeDrawBlock(fundId, "mix");
        vm.warp(end - 7);
        vm.expectRevert(abi.encodeWithSelector(IAudits.WindowOver.selector, _idOf(batch), end));
        audits.draw(fundId, header);
        vm.warp(end - 8);
        vm.expectEmit(address(audits));
        emit IAudits.AuditsDrawn(fundId, keccak256(abi.encode(bytes32("mix"), address(audits), fundId)), 1);
        audits.draw(fundId, header);
        assertEq(audits.fundOf(fundId).turn, 1, "turn");
    }

    function test_draw_followsFromItsSeed() public {
        uint256 fundId = _drawnFund();
        bytes32 seed = audits.fundOf(fundId).seed;
        for (uint256 turn; turn < 4; ++turn) {
            for (uint256 number; number < 2; ++number) {
                uint256 leaf = uint256(keccak256(abi.encode(seed, number))) % 4;
                assertEq(audits.drawnIndex(fundId, number), 4 * number + leaf, "leaf");
                (uint256 seat, ) = audits.onTurn(fundId, number);
                assertEq(seat, uint256(keccak256(abi.encode(seed, number, turn))) % 3, "seat");
            }
            vm.warp(block.timestamp + TURN);
        }
    }

    function test_draw_refusesAFundThatIsNotThere() public {
        vm.expectRevert(abi.encodeWithSelector(IAudits.FundUnknown.selector, 0));
        audits.draw(0, "");
    }

    // turns

    function test_onTurn_drawsAnotherSeatForEachQuarterOfTheFirstHalf() public {
        uint256 fundId = _drawnFund();
        uint256 seen;
        for (uint256 turn; turn < 4; ++turn) {
            (uint256 seat, address auditor) = audits.onTurn(fundId, 0);
            assertEq(auditor, _auditor(seat), "who has the seat");
            vm.warp(block.timestamp + TURN - 1);
            (uint256 same, ) = audits.onTurn(fundId, 0);
            assertEq(same, seat, "the turn lasts");
            vm.warp(block.timestamp + 1);
            ++seen;
        }
        (uint256 none, address nobody) = audits.onTurn(fundId, 0);
        assertEq(none, 0, "no seat");
        assertEq(nobody, address(0), "nobody has the second half");
        assertEq(seen, 4, "turns");
    }

    function test_onTurn_standsStillWithTheRegistrysClock() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, ) = audits.onTurn(fundId, 0);
        vm.prank(guardian);
        governance.stopDisputes(1 days);
        vm.warp(block.timestamp + 1 days);
        (uint256 same, address auditor) = audits.onTurn(fundId, 0);
        assertEq(same, seat, "seat");
        assertEq(auditor, _auditor(seat), "auditor");
    }

    function test_onTurn_passesOverWhoLeaves() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, address auditor) = audits.onTurn(fundId, 0);
        vm.prank(auditor);
        audits.startLeaving(seat);
        _assertNobodysTurn(fundId);
    }

    /// @dev A seat that is taken when the result is known.
    function test_onTurn_passesOverWhoCameAfterThePayment() public {
        vm.prank(_auditor(1));
        audits.startLeaving(1);
        vm.warp(block.timestamp + THAW);
        vm.prank(_auditor(1));
        audits.leaveSeat(1);
        uint256 fundId = _fund(_anchorAnswers(8), 1);
        vm.roll(block.number + 1);
        assertEq(_takeSeat(stranger), 1, "seat");
        _drawForSeat(fundId, 1);
        _assertNobodysTurn(fundId);
    }

    function test_onTurn_countsWhoCameInTheBlockOfThePayment() public {
        assertEq(_takeSeat(stranger), 3, "seat");
        uint256 fundId = _fund(_anchorAnswers(8), 1);
        _drawForSeat(fundId, 3);
        (, address auditor) = audits.onTurn(fundId, 0);
        assertEq(auditor, stranger, "auditor");
    }

    function test_onTurn_passesOverWhoIsAccused() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, ) = _vouch(fundId, 0);
        _convict(fundId, 0);
        audits.accuse(fundId, _drawnId(fundId, 0));
        fundId = _fund(_anchorAnswers(8), 1);
        _drawForSeat(fundId, seat);
        _assertNobodysTurn(fundId);
    }

    // vouch

    function test_vouch_isPaidWhenTheReceiptIsFinal() public {
        uint256 fundId = _fund(_anchorAnswers(8), 2);
        _drawForSeat(fundId, 2);
        (uint256 seat, address auditor) = audits.onTurn(fundId, 0);
        vm.expectEmit(address(audits));
        emit IAudits.Vouched(fundId, _drawnId(fundId, 0), auditor, seat);
        this.vouchAs(auditor, fundId, 0);
        assertEq(audits.seatOf(seat).pending, 1, "pending");
        assertTrue(_report(fundId, 0) == IAudits.Report.Vouched, "report");
        _expectReceiptOpen(fundId, 0);
        this.settle(fundId, 0);
        _passWindow();
        vm.expectEmit(address(audits));
        emit IAudits.AuditSettled(fundId, _drawnId(fundId, 0), auditor, FEE);
        _settle(fundId, 0);
        assertEq(token.balanceOf(auditor), FEE, "fee");
        assertEq(audits.seatOf(seat).pending, 0, "nothing pending");
        assertEq(audits.fundOf(fundId).paid, 1, "paid");
        vm.expectRevert(
            abi.encodeWithSelector(IAudits.NothingToSettle.selector, fundId, _drawnId(fundId, 0))
        );
        this.settle(fundId, 0);
    }

    function test_vouch_isPossibleForAReceiptThatWasAttestedDirectly() public {
        Receipt memory receipt = _attestAnswer();
        uint256 fundId = _fundReceipt(receipt);
        (, address auditor) = _vouch(fundId, 0);
        _passWindow();
        _settle(fundId, 0);
        assertEq(token.balanceOf(auditor), FEE, "fee");
    }

    function test_vouch_isForWhoseTurnItIs() public {
        uint256 fundId = _drawnFund();
        (, address auditor) = audits.onTurn(fundId, 0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotYourTurn.selector, stranger, auditor));
        this.vouchAs(stranger, fundId, 0);
        vm.warp(block.timestamp + 4 * TURN);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotYourTurn.selector, auditor, address(0)));
        this.vouchAs(auditor, fundId, 0);
    }

    function test_vouch_isForWhatWasDrawn() public {
        uint256 fundId = _drawnFund();
        (, address auditor) = audits.onTurn(fundId, 0);
        uint256 drawn = audits.drawnIndex(fundId, 0);
        uint256 other = (drawn + 1) % 8;
        Inclusion memory place = _place(other);
        vm.expectRevert(abi.encodeWithSelector(IAudits.IndexNotDrawn.selector, other, drawn));
        vm.prank(auditor);
        audits.vouch(fundId, 0, receipts[other], place, _traceRoot(receipts[other]));
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditsOutOfRange.selector, 5, 2));
        audits.drawnIndex(fundId, 5);
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditsOutOfRange.selector, 2, 2));
        vm.prank(auditor);
        audits.vouch(fundId, 2, receipts[other], place, _traceRoot(receipts[other]));
        place.index = uint32(drawn);
        vm.expectPartialRevert(SumTree.SumPathInvalid.selector);
        vm.prank(auditor);
        audits.vouch(fundId, 0, receipts[other], place, _traceRoot(receipts[other]));
    }

    function test_vouch_isForThePlaceThatWasPaidFor() public {
        uint256 fundId = _drawnFund();
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        _attest(receipt);
        (, address auditor) = audits.onTurn(fundId, 0);
        bytes32 funded = audits.fundOf(fundId).lockId;
        vm.expectRevert(abi.encodeWithSelector(IAudits.PlaceMismatch.selector, _idOf(receipt), funded));
        vm.prank(auditor);
        audits.vouch(fundId, 0, receipt, _direct(), _traceRoot(receipt));
    }

    function test_vouch_needsTheRootOfTheTrace() public {
        uint256 fundId = _drawnFund();
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        (, address auditor) = audits.onTurn(fundId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAudits.TraceRootWrong.selector,
                onus.receiptIdOf(receipt),
                bytes32("guess")
            )
        );
        vm.prank(auditor);
        audits.vouch(fundId, 0, receipt, place, "guess");
    }

    function test_vouch_refusesAReceiptThatCommitsToNoTrace() public {
        receipts.push(_answer(1e18));
        receipts[0].traceCommitment = 0;
        _attest(receipts[0]);
        uint256 fundId = _fundReceipt(receipts[0]);
        (, address auditor) = audits.onTurn(fundId, 0);
        vm.expectPartialRevert(IAudits.TraceRootWrong.selector);
        this.vouchAs(auditor, fundId, 0);
    }

    function test_vouch_refusesAReceiptWithNothingAtStake() public {
        receipts.push(_answer(0));
        receipts.push(_answer(1e18));
        Batch memory batch = _batchOf(receipts);
        _anchor(batch);
        uint256 fundId = _fund(batch, 2);
        _draw(fundId, "mix");
        (, address auditor) = audits.onTurn(fundId, 0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.CoverageNone.selector, onus.receiptIdOf(receipts[0])));
        this.vouchAs(auditor, fundId, 0);
    }

    function test_vouch_happensOnce() public {
        uint256 fundId = _drawnFund();
        (, address auditor) = _vouch(fundId, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAudits.AlreadyReported.selector, fundId, _drawnId(fundId, 0))
        );
        this.vouchAs(auditor, fundId, 0);
    }

    function test_vouch_countsACopiedLeafOnce() public {
        Receipt memory receipt = _answer(1e18);
        receipts.push(receipt);
        receipts.push(receipt);
        Batch memory batch = _batchOf(receipts);
        _anchor(batch);
        uint256 fundId = _fund(batch, 2);
        _draw(fundId, "mix");
        _vouch(fundId, 0);
        (, address auditor) = audits.onTurn(fundId, 1);
        vm.expectPartialRevert(IAudits.AlreadyReported.selector);
        this.vouchAs(auditor, fundId, 1);
    }

    function test_vouch_ofADetainedReceiptWaitsForTheEndOfItsDispute() public {
        uint256 fundId = _drawnFund();
        (, address auditor) = _vouch(fundId, 0);
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        uint256 until = block.timestamp + WINDOW + 2 days;
        judge.detain(receipt, place, until);
        _passWindow();
        _expectReceiptOpen(fundId, 0);
        this.settle(fundId, 0);
        vm.warp(until + 1);
        _settle(fundId, 0);
        assertEq(token.balanceOf(auditor), FEE, "fee");
    }

    // convictions

    function test_settle_burnsTheSeatThatVouchedForALie() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, address auditor) = _vouch(fundId, 0);
        _convict(fundId, 0);
        _expectReceiptOpen(fundId, 0);
        this.settle(fundId, 0);
        _passEscrow();
        vm.expectEmit(address(audits));
        emit ISeats.SeatLost(seat, auditor);
        _settle(fundId, 0);
        assertEq(token.balanceOf(BURN_ADDRESS), BOND, "burned");
        assertEq(token.balanceOf(challenger), FEE, "the fee is the challenger's");
        assertEq(audits.seatOf(seat).auditor, address(0), "seat");
    }

    function test_refute_paysTheChallengerWhateverTheTurn() public {
        uint256 fundId = _drawnFund();
        vm.warp(block.timestamp + 5 * TURN);
        _convict(fundId, 1);
        vm.expectEmit(address(audits));
        emit IAudits.Refuted(fundId, _drawnId(fundId, 1));
        this.refute(fundId, 1);
        _passEscrow();
        _settle(fundId, 1);
        assertEq(token.balanceOf(challenger), FEE, "fee");
    }

    function test_refute_isForThePlaceThatWasPaidFor() public {
        uint256 fundId = _drawnFund();
        _convict(fundId, 0);
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _direct();
        place.index = uint32(audits.drawnIndex(fundId, 0));
        bytes32 funded = audits.fundOf(fundId).lockId;
        vm.expectRevert(abi.encodeWithSelector(IAudits.PlaceMismatch.selector, _idOf(receipt), funded));
        audits.refute(fundId, 0, receipt, place);
    }

    function test_refute_needsAConviction() public {
        uint256 fundId = _drawnFund();
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotConvicted.selector, _drawnId(fundId, 0)));
        this.refute(fundId, 0);
    }

    function test_refute_isNotForAnEquivocation() public {
        uint256 fundId = _drawnFund();
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        bytes memory evidence = _against(_rival(receipt));
        onus.convict(Fault.Equivocation, receipt, place, evidence);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotConvicted.selector, _drawnId(fundId, 0)));
        this.refute(fundId, 0);
    }

    function test_settle_paysWhoVouchedForAnAnswerThatWasOnlyGivenTwice() public {
        uint256 fundId = _drawnFund();
        (, address auditor) = _vouch(fundId, 0);
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        bytes memory evidence = _against(_rival(receipt));
        onus.convict(Fault.Equivocation, receipt, place, evidence);
        _passWindow();
        _settle(fundId, 0);
        assertEq(token.balanceOf(auditor), FEE, "fee");
    }

    function test_settle_sparesTheSeatWhenTheConvictionIsTakenBack() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, address auditor) = _vouch(fundId, 0);
        _convict(fundId, 0);
        audits.accuse(fundId, _drawnId(fundId, 0));
        _returnPayout(fundId, 0);
        _settle(fundId, 0);
        assertEq(token.balanceOf(auditor), FEE, "fee");
        assertEq(audits.accusationOf(seat), 0, "accusation");
        assertEq(audits.seatOf(seat).auditor, auditor, "seat");
    }

    function test_settle_givesTheFeeBackWhenWhatRefutedIsTakenBack() public {
        uint256 fundId = _drawnFund();
        _convict(fundId, 0);
        _refute(fundId, 0);
        _returnPayout(fundId, 0);
        _settle(fundId, 0);
        assertEq(token.balanceOf(funder), FEE, "fee");
    }

    function test_settle_paysWhoeverTheRewardMovedTo() public {
        uint256 fundId = _drawnFund();
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        vm.warp(block.timestamp + 60);
        _convict(fundId, 0);
        _refute(fundId, 0);
        bytes memory evidence = abi.encode(true, uint64(block.timestamp - 30));
        vm.prank(stranger);
        onus.convict(Fault.WrongExecution, receipt, place, evidence);
        _passEscrow();
        _settle(fundId, 0);
        assertEq(token.balanceOf(stranger), FEE, "fee");
    }

    function test_settle_takesEverythingThatALostSeatWasOwed() public {
        uint256 fundId = _fund(_anchorAnswers(8), 2);
        _draw(fundId, _mixFor(fundId, 1, 2));
        (uint256 seat, ) = _vouch(fundId, 0);
        _vouch(fundId, 1);
        _convict(fundId, 0);
        audits.accuse(fundId, _drawnId(fundId, 0));
        _passWindow();
        vm.expectPartialRevert(ISeats.SeatAccused.selector);
        this.settle(fundId, 1);
        _passEscrow();
        _settle(fundId, 0);
        _expectNothingToSettle(fundId, 1);
        this.accuse(fundId, 1);
        assertEq(_takeSeat(stranger), seat, "the seat is taken by somebody else");
        assertEq(audits.accusationOf(seat), 0, "who is not accused");
        _settle(fundId, 1);
        assertEq(token.balanceOf(funder), FEE, "what the lost seat was owed goes back");
        assertEq(audits.seatOf(seat).pending, 0, "the new seat owes nothing");
    }

    function test_settle_burnsASeatOnceHoweverManyLiesItVouchedFor() public {
        uint256 fundId = _fund(_anchorAnswers(8), 2);
        _draw(fundId, _mixFor(fundId, 1, 2));
        _vouch(fundId, 0);
        _vouch(fundId, 1);
        _convict(fundId, 0);
        _convict(fundId, 1);
        _passEscrow();
        _settle(fundId, 0);
        vm.roll(block.number + 1);
        assertEq(_takeSeat(stranger), 1, "the seat is taken by somebody else");
        _settle(fundId, 1);
        assertEq(token.balanceOf(BURN_ADDRESS), BOND, "burned");
        assertEq(token.balanceOf(challenger), 2 * FEE, "fees");
        assertEq(audits.seatOf(1).auditor, stranger, "seat");
    }

    function test_accuse_isNotForWhatIsSettled() public {
        uint256 fundId = _drawnFund();
        _vouch(fundId, 0);
        _passWindow();
        _settle(fundId, 0);
        _expectNothingToSettle(fundId, 0);
        this.accuse(fundId, 0);
    }

    function test_accuse_saysWhichSeat() public {
        uint256 fundId = _fund(_anchorAnswers(8), 2);
        _drawForSeat(fundId, 2);
        (uint256 seat, ) = _vouch(fundId, 0);
        _convict(fundId, 0);
        vm.expectEmit(address(audits));
        emit IAudits.Accused(fundId, _drawnId(fundId, 0), seat);
        this.accuse(fundId, 0);
    }

    function test_accuse_needsAVouchAndAConviction() public {
        uint256 fundId = _drawnFund();
        ReceiptId id = _drawnId(fundId, 0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NothingToSettle.selector, fundId, id));
        audits.accuse(fundId, id);
        _vouch(fundId, 0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotConvicted.selector, id));
        audits.accuse(fundId, id);
    }

    function test_accuse_earnsWhoVouchesAndConvictsNothing() public {
        uint256 fundId = _drawnFund();
        (, address auditor) = _vouch(fundId, 0);
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        vm.prank(auditor);
        onus.convict(Fault.WrongExecution, receipt, place, GUILTY);
        _passEscrow();
        _settle(fundId, 0);
        onus.claimReward(_idOf(receipt));
        // It would have had reward and fee without its word, too; that cost the bond.
        assertEq(token.balanceOf(BURN_ADDRESS), BOND, "burned");
    }

    // refund

    function test_refund_givesBackWhatNobodyEarned() public {
        uint256 fundId = _drawnFund();
        _vouch(fundId, 0);
        _passRefund();
        vm.roll(block.number + WINDOW_BLOCKS);
        vm.expectEmit(address(audits));
        emit IAudits.AuditsRefunded(fundId, funder, FEE);
        audits.refund(fundId);
        assertEq(token.balanceOf(funder), FEE, "one of two fees");
        vm.expectRevert(abi.encodeWithSelector(IAudits.NothingToRefund.selector, fundId));
        audits.refund(fundId);
        _settle(fundId, 0);
        assertEq(token.balanceOf(address(audits)), 3 * uint256(BOND), "the other was paid");
    }

    function test_refund_givesBackNothingWhenEverythingWasReported() public {
        uint256 fundId = _fund(_anchorAnswers(8), 1);
        _draw(fundId, "mix");
        _vouch(fundId, 0);
        _passRefund();
        vm.expectRevert(abi.encodeWithSelector(IAudits.NothingToRefund.selector, fundId));
        audits.refund(fundId);
    }

    function test_refund_waitsUntilNothingCanBeConvicted() public {
        uint256 fundId = _drawnFund();
        uint256 refundAt = audits.fundOf(fundId).refundAt;
        vm.warp(refundAt);
        vm.expectRevert(abi.encodeWithSelector(IAudits.RefundNotDue.selector, fundId, refundAt));
        audits.refund(fundId);
    }

    function test_refund_endsReports() public {
        uint256 fundId = _drawnFund();
        _convict(fundId, 0);
        _passRefund();
        audits.refund(fundId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.FundClosed.selector, fundId));
        this.refute(fundId, 0);
    }

    function test_refund_givesBackTheFeesForLeavesThatAreNotThere() public {
        receipts.push(_answer(1e18));
        receipts.push(_answer(1e18));
        Batch memory batch = _batchOf(receipts);
        batch.count = 1 << 31; // with a tree of one level nothing can be shown at all
        _anchor(batch);
        uint256 fundId = _fund(batch, 4);
        _draw(fundId, "mix");
        _passRefund();
        audits.refund(fundId);
        assertEq(token.balanceOf(funder), 4 * FEE, "everything came back");
    }

    function test_refund_refusesAFundThatIsNotThere() public {
        vm.expectRevert(abi.encodeWithSelector(IAudits.FundUnknown.selector, 7));
        audits.refund(7);
    }

    // attacks

    /// @dev Its seat and its fee are its own; the fee comes back and nothing else does.
    function test_fund_byAProviderThatAuditsItselfEarnsNothing() public {
        _takeSeat(provider);
        vm.roll(block.number + 1);
        Batch memory batch = _anchorAnswers(4);
        token.mint(provider, FEE);
        vm.prank(provider);
        token.approve(address(audits), FEE);
        vm.prank(provider);
        uint256 fundId = audits.fund(batch, 1, FEE);
        uint256 before = token.balanceOf(provider);
        _drawForSeat(fundId, 3);
        _vouchAs(provider, fundId, 0);
        _passWindow();
        _settle(fundId, 0);
        assertEq(token.balanceOf(provider), before + FEE, "its own fee");
        assertEq(reputation.reputation(provider).mass.seasoned, 0, "no reputation");
    }

    /// @dev Audits that somebody else paid for cannot be used up by cheap ones.
    function test_fund_ofDustTakesNothingFromOthers() public {
        Batch memory batch = _anchorAnswers(2);
        _approve(2);
        vm.prank(funder);
        uint256 dust = audits.fund(batch, 2, 1);
        uint256 fundId = _fund(batch, 2);
        _draw(dust, "mix");
        _draw(fundId, "mix");
        _vouch(dust, 0);
        _vouch(fundId, 0);
        assertEq(audits.fundOf(fundId).taken, 1, "audits of the same leaf by two funds");
    }

    function test_leaveSeat_doesNotEscapeALongDispute() public {
        uint256 fundId = _drawnFund();
        (uint256 seat, address auditor) = _vouch(fundId, 0);
        vm.prank(auditor);
        audits.startLeaving(seat);
        Receipt memory receipt = _drawnReceipt(fundId, 0);
        Inclusion memory place = _drawnPlace(fundId, 0);
        judge.detain(receipt, place, block.timestamp + 2 * THAW);
        vm.warp(block.timestamp + THAW);
        vm.expectPartialRevert(ISeats.SeatPending.selector);
        vm.prank(auditor);
        audits.leaveSeat(seat);
        _convict(fundId, 0);
        _passEscrow();
        _settle(fundId, 0);
        assertEq(token.balanceOf(BURN_ADDRESS), BOND, "burned");
    }

    /// @dev A mix that gives the first turn of the first `number` audits to one seat.
    function _mixFor(uint256 fundId, uint256 seat, uint256 number) private view returns (bytes32 mix) {
        uint256 seats = audits.fundOf(fundId).seats;
        for (uint256 i; ; ++i) {
            mix = bytes32(i);
            bytes32 seed = keccak256(abi.encode(mix, address(audits), fundId));
            uint256 hits;
            for (uint256 j; j < number; ++j) {
                if (uint256(keccak256(abi.encode(seed, j, 0))) % seats == seat) ++hits;
            }
            if (hits == number) return mix;
        }
    }

    function _drawForSeat(uint256 fundId, uint256 seat) private {
        _draw(fundId, _mixFor(fundId, seat, 1));
    }

    /// @dev Audits of a batch that has a number of leaves and nothing else.
    function _fundOfMany(uint256 count, uint256 number) private returns (uint256) {
        Batch memory batch = Batch(provider, modelId, "root", uint32(count), 1e18, WINDOW);
        _anchor(batch);
        return _fund(batch, number);
    }

    function _fundReceipt(Receipt memory receipt) private returns (uint256 fundId) {
        _approve(FEE);
        vm.prank(funder);
        fundId = audits.fundReceipt(receipt, FEE);
        _draw(fundId, "mix");
    }

    function _expectHeaderInvalid(uint256 number, bytes memory header) private {
        vm.expectRevert(abi.encodeWithSelector(Randao.HeaderInvalid.selector, number, keccak256(header)));
    }

    function _expectReceiptOpen(uint256 fundId, uint256 number) private {
        vm.expectRevert(abi.encodeWithSelector(IAudits.ReceiptOpen.selector, _drawnId(fundId, number)));
    }

    function _expectNothingToSettle(uint256 fundId, uint256 number) private {
        ReceiptId id = _drawnId(fundId, number);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NothingToSettle.selector, fundId, id));
    }

    function _assertNobodysTurn(uint256 fundId) private view {
        (, address auditor) = audits.onTurn(fundId, 0);
        assertEq(auditor, address(0), "auditor");
    }

    // calls of its own, for errors that come after other calls

    function vouchAs(address auditor, uint256 fundId, uint256 number) external {
        _vouchAs(auditor, fundId, number);
    }

    function refute(uint256 fundId, uint256 number) external {
        _refute(fundId, number);
    }

    function accuse(uint256 fundId, uint256 number) external {
        audits.accuse(fundId, _drawnId(fundId, number));
    }

    function settle(uint256 fundId, uint256 number) external {
        _settle(fundId, number);
    }
}
