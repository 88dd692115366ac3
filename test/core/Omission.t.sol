// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {Omission} from "../../contracts/faults/Omission.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IOmission} from "../../contracts/interfaces/IOmission.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Batch, Inclusion} from "../../contracts/types/Batch.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {OffenceId} from "../../contracts/types/OffenceId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {RequestKey} from "../../contracts/types/RequestKey.sol";
import {Greedy} from "../helpers/Greedy.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract OmissionTest is OnusTest {
    uint256 private constant STAKE = 4_000e18;
    uint256 private constant C = 10e18;
    uint256 private constant STATUTE = 10 days;
    uint256 private constant TURN = 3 days;
    /// @dev The least bond: what an answer costs at the lowest price of gas.
    uint256 private constant BOND = 200_000 * 1 gwei;

    function setUp() public override {
        super.setUp();
        vm.fee(0);
        _stake(provider, STAKE);
    }

    function testFuzz_constructor_boundsTheTimeToAnswer(uint256 response) public {
        bool bad = response < 10 minutes || response > 3 days;
        if (bad) vm.expectRevert(abi.encodeWithSelector(IOmission.ResponseOutOfRange.selector, response));
        new Omission(response, RESPONSE_BLOCKS, 1 gwei);
    }

    function test_constructor_takesTheBounds() public {
        new Omission(10 minutes, 0, 0);
        new Omission(3 days, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IOmission.ResponseOutOfRange.selector, 10 minutes - 1));
        new Omission(10 minutes - 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IOmission.ResponseOutOfRange.selector, 3 days + 1));
        new Omission(3 days + 1, 0, 0);
    }

    /// @dev The most that a thief of a signing key can do, who anchors nothing.
    function test_convictSigned_ofThreeOmissionsTakesLessThanSevenPercentAndExcludes() public {
        for (uint256 i; i < 3; ++i) {
            Receipt memory receipt = _receipt(C);
            receipt.anchorBy = uint64(block.timestamp);
            bytes memory signature = _sign(KEY, receipt);
            vm.warp(block.timestamp + 1);
            omission.claim{value: BOND}(receipt, signature);
            vm.warp(block.timestamp + RESPONSE + 1);
            vm.roll(block.number + RESPONSE_BLOCKS);
            onus.convictSigned(Fault.Omission, receipt, signature, "");
        }
        assertTrue(onus.account(provider).tombstoned, "excluded");
        // 1 % of everything, 2 % of what was left, 4 % of what was left then.
        assertEq(onus.account(provider).active, (((STAKE * 99) / 100) * 98 * 96) / 100 ** 2, "active stake");
    }

    // claim

    function testFuzz_claim_keepsTheBondAndBeginsTheClock(uint128 bond) public {
        bond = uint128(bound(bond, BOND, 1e30));
        (Receipt memory receipt, bytes memory signature) = _omitted();
        uint40 due = uint40(block.timestamp + RESPONSE);
        uint64 dueBlock = uint64(START_BLOCK + RESPONSE_BLOCKS);
        vm.deal(challenger, bond);
        vm.expectEmit(address(omission));
        emit IOmission.Claimed(_id(receipt), provider, challenger, due, dueBlock, bond, receipt);
        vm.prank(challenger);
        omission.claim{value: bond}(receipt, signature);
        IOmission.Claim memory made = omission.claimOf(_id(receipt));
        assertEq(made.claimant, challenger, "claimant");
        assertEq(made.since, block.timestamp, "since");
        assertEq(made.due, due, "due");
        assertEq(made.dueBlock, dueBlock, "due block");
        assertEq(made.bond, bond, "bond");
        assertFalse(made.answered, "answered");
        assertEq(address(omission).balance, bond, "balance");
    }

    function test_claim_isTooEarlyInTheLastSecondOfAnchoring() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(receipt.anchorBy);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IOmission.NotDue.selector, _id(receipt), receipt.anchorBy)
        );
        vm.warp(receipt.anchorBy + 1);
        _claim(receipt, signature);
    }

    function test_claim_isTooLateAfterTheStatute() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        vm.warp(START + STATUTE + 1);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IOmission.ClaimTooLate.selector, _id(receipt), START + STATUTE)
        );
        vm.warp(START + STATUTE);
        _claim(receipt, signature);
    }

    /// @dev Who accepts such a receipt waives the claim.
    function test_claim_isNeverPossibleWhenAnchoringMayTakeTenDays() public {
        Receipt memory receipt = _receipt(C);
        receipt.anchorBy = uint64(START + STATUTE);
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(START + STATUTE);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IOmission.NotDue.selector, _id(receipt), receipt.anchorBy)
        );
        vm.warp(START + STATUTE + 1);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IOmission.ClaimTooLate.selector, _id(receipt), START + STATUTE)
        );
    }

    function test_claim_isMadeOnce() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        bytes memory refusal = abi.encodeWithSelector(IOmission.AlreadyClaimed.selector, _id(receipt));
        _refuseClaim(receipt, signature, refusal);
        _passResponse();
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        omission.settle(receipt);
        _refuseClaim(receipt, signature, refusal);
    }

    function test_claim_needsWhatAnAnswerCosts() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        vm.deal(challenger, BOND);
        vm.expectRevert(abi.encodeWithSelector(IOmission.BondTooLow.selector, BOND - 1, BOND));
        vm.prank(challenger);
        omission.claim{value: BOND - 1}(receipt, signature);
    }

    function testFuzz_answerPrice_followsThePriceOfGas(uint64 basefee) public {
        vm.fee(basefee);
        uint256 price = 4 * uint256(basefee);
        assertEq(omission.answerPrice(), 200_000 * (price < 1 gwei ? 1 gwei : price), "price");
    }

    function test_claim_needsTheProvidersSignature() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        bytes memory bad = _sign(0xBAD, receipt);
        _refuseClaim(
            receipt,
            bad,
            abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _id(receipt), vm.addr(0xBAD))
        );
        receipt.coverage += 1;
        vm.deal(challenger, BOND);
        vm.expectPartialRevert(IReceipts.SignatureInvalid.selector);
        vm.prank(challenger);
        omission.claim{value: BOND}(receipt, signature);
    }

    function test_claim_refusesReceiptsFromTheFuture() public {
        Receipt memory receipt = _receipt(C);
        (receipt.issuedAt, receipt.anchorBy) = (uint64(START + 5), uint64(START - 5));
        bytes memory signature = _sign(KEY, receipt);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IReceipts.ReceiptFromFuture.selector, START + 5, START)
        );
    }

    // a key that was revoked

    function test_claim_ofARevokedKeyReachesTenDaysAndNoFurther() public {
        vm.warp(START + 1 days);
        vm.prank(provider);
        providers.revokeKey(vm.addr(KEY));
        vm.warp(START + 1 days + STATUTE);
        // What a thief dates back to the last second of the key can be claimed for as long.
        Receipt memory receipt = _receipt(C);
        (receipt.issuedAt, receipt.anchorBy) = (uint64(START + 1 days), uint64(START + 1 days));
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(START + 1 days + STATUTE + 1);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IOmission.ClaimTooLate.selector, _id(receipt), START + 1 days + STATUTE)
        );
        receipt.issuedAt = uint64(START + 1 days + 1);
        signature = _sign(KEY, receipt);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(IKeys.KeyNotValid.selector, provider, vm.addr(KEY), START + 1 days + 1)
        );
    }

    /// @dev The claim is made in time, and what follows it too.
    function test_convict_isPossibleAfterAClaimInTheLastSecond() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        vm.prank(provider);
        providers.revokeKey(vm.addr(KEY));
        vm.warp(START + STATUTE);
        _claim(receipt, signature);
        vm.roll(block.number + RESPONSE_BLOCKS);
        vm.warp(START + STATUTE + RESPONSE + TURN);
        _convict(receipt, signature, challenger);
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
    }

    // excuses

    function testFuzz_claim_isExcusedExactlyByAPauseBetweenIssueAndAnchoring(
        uint256 from,
        uint256 length
    ) public {
        // From two hours before until two hours after the hour in which the receipt could be anchored.
        from = bound(from, START - 2 hours, START + 2 hours);
        length = bound(length, 1, 4 hours);
        vm.warp(START + 1 days);
        _pauseBetween(from, from + length);
        Receipt memory receipt = _receipt(C);
        (receipt.issuedAt, receipt.anchorBy) = (uint64(START), uint64(START + 1 hours));
        bytes memory signature = _sign(KEY, receipt);
        bool touches = from <= START + 1 hours && START <= from + length;
        if (!touches) return _claim(receipt, signature);
        _refuseClaim(receipt, signature, _excused(receipt, from, from + length));
    }

    function test_claim_isExcusedByAPauseThatOnlyTouchesTheTimeOfAnchoring() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(START + 1 days);
        _pauseBetween(START - 9, START);
        _refuseClaim(receipt, signature, _excused(receipt, START - 9, START));
        _pauseBetween(receipt.anchorBy, receipt.anchorBy + 9);
        _refuseClaim(receipt, signature, _excused(receipt, receipt.anchorBy, receipt.anchorBy + 9));
    }

    function test_claim_isNotExcusedByAPauseBeforeOrAfter() public {
        Receipt[2] memory receipts = [_receipt(C), _receipt(C)];
        vm.warp(START + 1 days);
        _pauseBetween(START - 9, START - 1);
        _claim(receipts[0], _sign(KEY, receipts[0]));
        _pauseBetween(receipts[1].anchorBy + 1, receipts[1].anchorBy + 9);
        _claim(receipts[1], _sign(KEY, receipts[1]));
    }

    function test_claim_isExcusedByAPauseThatTheGuardianMade() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(receipt.anchorBy);
        vm.prank(guardian);
        governance.pauseAnchors(1);
        vm.warp(receipt.anchorBy + 1 days);
        _refuseClaim(
            receipt,
            signature,
            abi.encodeWithSelector(
                IOmission.Excused.selector,
                _id(receipt),
                receipt.anchorBy,
                receipt.anchorBy + 1
            )
        );
    }

    /// @dev An answer is no anchor.
    function test_answer_isOwedAlsoWhenAnchorsArePausedAfterwards() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        vm.prank(guardian);
        governance.pauseAnchors(30 days);
        _passResponse();
        _convict(receipt, signature, challenger);
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
    }

    // answer

    function test_answer_isGivenByAPlaceInABatch() public {
        (Receipt[] memory receipts, bytes memory signature) = _batched();
        _claim(receipts[1], signature);
        Inclusion memory place = _inclusion(receipts, 1);
        vm.expectEmit(address(omission));
        emit IOmission.Answered(_id(receipts[1]));
        vm.prank(stranger);
        omission.answer(receipts[1], place);
        _assertAnswered(receipts[1], signature);
    }

    function test_answer_isGivenByADirectAttestation() public {
        (Receipt memory receipt, bytes memory signature) = _attestedAndClaimed();
        omission.answer(receipt, _direct());
        _assertAnswered(receipt, signature);
    }

    /// @dev What counts is when it was anchored, not until when the dispute keeps it open.
    function test_answer_isGivenByAReceiptInADispute() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        _attest(receipt);
        judge.detain(receipt, _direct(), onus.clock() + 10 days);
        vm.warp(receipt.anchorBy + 1);
        _claim(receipt, signature);
        omission.answer(receipt, _direct());
        _assertAnswered(receipt, signature);
    }

    function test_answer_isGivenByAReceiptOfABatchInADispute() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(C), _receipt(C));
        bytes memory signature = _sign(KEY, receipts[1]);
        _anchor(_batchOf(receipts));
        Inclusion memory place = _inclusion(receipts, 1);
        judge.detain(receipts[1], place, onus.clock() + 10 days);
        vm.warp(receipts[1].anchorBy + 1);
        _claim(receipts[1], signature);
        omission.answer(receipts[1], place);
        _assertAnswered(receipts[1], signature);
    }

    function test_answer_isGivenByWhatWasReleasedAndByWhatWasConvicted() public {
        (Receipt memory receipt, bytes memory signature) = _attestedAndClaimed();
        _passWindow();
        onus.releaseReceipt(receipt, _direct());
        omission.answer(receipt, _direct());
        _assertAnswered(receipt, signature);
        receipt = _receipt(C);
        signature = _sign(KEY, receipt);
        _attest(receipt);
        _convictDirect(receipt);
        vm.warp(receipt.anchorBy + 1);
        _claim(receipt, signature);
        omission.answer(receipt, _direct());
        assertTrue(omission.claimOf(_id(receipt)).answered, "answered");
    }

    function test_answer_mayHaveAnchoredInTheLastSecond() public {
        Receipt[] memory receipts = _one();
        bytes memory signature = _sign(KEY, receipts[0]);
        vm.warp(receipts[0].anchorBy);
        _anchor(_batchOf(receipts));
        vm.warp(block.timestamp + 1);
        _claim(receipts[0], signature);
        omission.answer(receipts[0], _inclusion(receipts, 0));
        _assertAnswered(receipts[0], signature);
    }

    function test_answer_isNoneWhenItWasAnchoredLate() public {
        Receipt[] memory receipts = _one();
        bytes memory signature = _sign(KEY, receipts[0]);
        vm.warp(receipts[0].anchorBy + 1);
        _anchor(_batchOf(receipts));
        _claim(receipts[0], signature);
        _refuseAnswer(
            receipts[0],
            _inclusion(receipts, 0),
            abi.encodeWithSelector(
                IOmission.AnchoredLate.selector,
                _id(receipts[0]),
                receipts[0].anchorBy + 1,
                receipts[0].anchorBy
            )
        );
    }

    function testFuzz_answer_needsTheWindowThatWasPromised(uint32 window) public {
        window = uint32(bound(window, 10 minutes, 14 days));
        Receipt[] memory receipts = _one();
        bytes memory signature = _sign(KEY, receipts[0]);
        Batch memory batch = _batchOf(receipts);
        Inclusion memory place = _inclusion(receipts, 0);
        (batch.window, place.batch.window) = (window, window);
        _anchor(batch);
        vm.warp(receipts[0].anchorBy + 1);
        _claim(receipts[0], signature);
        if (window >= WINDOW) return omission.answer(receipts[0], place);
        _refuseAnswer(
            receipts[0],
            place,
            abi.encodeWithSelector(IOmission.AnchoredElsewhere.selector, _id(receipts[0]))
        );
    }

    function test_answer_needsTheModelThatWasPromised() public {
        Receipt[] memory receipts = _one();
        bytes memory signature = _sign(KEY, receipts[0]);
        Batch memory batch = _batchOf(receipts);
        Inclusion memory place = _inclusion(receipts, 0);
        batch.modelId = ModelId.wrap(bytes32(uint256(7)));
        place.batch.modelId = batch.modelId;
        _anchor(batch);
        vm.warp(receipts[0].anchorBy + 1);
        _claim(receipts[0], signature);
        _refuseAnswer(
            receipts[0],
            place,
            abi.encodeWithSelector(IOmission.AnchoredElsewhere.selector, _id(receipts[0]))
        );
    }

    function test_answer_isNoneByAnotherReceiptsPlace() public {
        (Receipt[] memory receipts, ) = _batched();
        Receipt memory missing = _rival(receipts[1]);
        _claim(missing, _sign(KEY, missing));
        _refuseAnswer(
            missing,
            _direct(),
            abi.encodeWithSelector(IReceipts.NotAnchored.selector, ReceiptId.unwrap(_id(missing)))
        );
        Inclusion memory place = _inclusion(receipts, 1);
        vm.expectRevert();
        omission.answer(missing, place);
    }

    function test_answer_isNoneByABatchOfAnotherProvider() public {
        (Receipt memory receipt, ) = _claimed();
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = receipt;
        Inclusion memory place = _inclusion(receipts, 0);
        place.batch.provider = stranger;
        _stake(stranger, STAKE);
        _anchor(place.batch);
        _refuseAnswer(
            receipt,
            place,
            abi.encodeWithSelector(IReceipts.BatchProviderMismatch.selector, stranger, provider)
        );
    }

    function test_answer_needsAClaimAndIsGivenOnce() public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _refuseAnswer(
            receipt,
            _direct(),
            abi.encodeWithSelector(IOmission.NotClaimed.selector, _id(receipt))
        );
        (receipt, ) = _attestedAndClaimed();
        omission.answer(receipt, _direct());
        _refuseAnswer(
            receipt,
            _direct(),
            abi.encodeWithSelector(IOmission.AlreadyAnswered.selector, _id(receipt))
        );
    }

    /// @dev At every moment the one or the other, and never both.
    function testFuzz_answer_isTakenExactlyUntilTheProviderCanBeConvicted(
        uint256 later,
        uint256 blocks
    ) public {
        (Receipt memory receipt, bytes memory signature) = _attestedAndClaimed();
        IOmission.Claim memory made = omission.claimOf(_id(receipt));
        vm.warp(block.timestamp + bound(later, RESPONSE - 2, RESPONSE + 2));
        vm.roll(block.number + bound(blocks, RESPONSE_BLOCKS - 2, RESPONSE_BLOCKS + 2));
        bool overdue = block.timestamp > made.due && block.number >= made.dueBlock;
        (bool guilty, ) = omission.judge(receipt, _id(receipt), challenger, "");
        assertEq(guilty ? 1 : 0, overdue ? 1 : 0, "guilty");
        if (!overdue) {
            vm.expectRevert(_notGuilty(receipt));
            onus.convictSigned(Fault.Omission, receipt, signature, "");
            return omission.answer(receipt, _direct());
        }
        _refuseAnswer(
            receipt,
            _direct(),
            abi.encodeWithSelector(IOmission.AnswerTooLate.selector, _id(receipt), made.due, made.dueBlock)
        );
        onus.convictSigned(Fault.Omission, receipt, signature, "");
    }

    function test_claim_whileTheClockStandsStillIsDueAResponseAfterItsEnd() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        uint256 stoppedAt = block.timestamp;
        vm.prank(guardian);
        governance.stopDisputes(7 days);
        vm.warp(stoppedAt + 3 days);
        _claim(receipt, signature);
        vm.roll(block.number + RESPONSE_BLOCKS);
        vm.warp(stoppedAt + 7 days + RESPONSE);
        vm.expectRevert(_notGuilty(receipt));
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        vm.warp(block.timestamp + 1);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
    }

    // convict

    function test_convict_takesOnePercentAndOwesNoRestitution() public {
        _attest(_receipt(C));
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        Books memory books = _books(provider);
        books.active -= 40e18;
        books.slashed = 40e18;
        books.faults = 1;
        IConvictions.Taken memory taken = _convict(receipt, signature, challenger);
        _assertBooks(provider, books);
        assertEq(taken.bond, 0, "bond");
        assertEq(taken.punitive, 40e18, "punitive");
        assertEq(taken.restitution, 0, "restitution");
        assertEq(taken.reward, 8e18, "reward");
        assertFalse(onus.account(provider).tombstoned, "tombstoned");
        assertEq(onus.faultsOf(_key(receipt)), 0x010000, "faults of the request");
        IConvictions.Payout memory due = _payout(_offence(receipt));
        assertEq(uint256(due.fault), uint256(Fault.Omission), "fault");
        assertEq(due.since, omission.claimOf(_id(receipt)).since, "since the claim");
        assertEq(due.maturesAt, block.timestamp + ESCROW, "matures at");
    }

    function test_convict_needsAClaim() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        vm.expectRevert(abi.encodeWithSelector(IOmission.NotClaimed.selector, _id(receipt)));
        onus.convictSigned(Fault.Omission, receipt, signature, "");
    }

    function test_convict_isBySignatureOnly() public {
        (Receipt memory receipt, ) = _attestedAndClaimed();
        _passResponse();
        vm.expectRevert(abi.encodeWithSelector(IConvictions.CollateralNeedless.selector, Fault.Omission));
        onus.convict(Fault.Omission, receipt, _direct(), "");
    }

    function test_convict_happensOnceForARequest() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        Receipt memory rival = _rival(receipt);
        bytes memory second = _sign(KEY, rival);
        _claim(rival, second);
        _passResponse();
        _convict(receipt, signature, challenger);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convictSigned(Fault.Omission, rival, second, "");
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
        // Both claimants get their bonds back.
        omission.settle(receipt);
        omission.settle(rival);
        assertEq(challenger.balance, 2 * BOND, "bonds");
    }

    function testFuzz_convict_readsNoEvidence(bytes calldata evidence) public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        onus.convictSigned(Fault.Omission, receipt, signature, evidence);
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
    }

    // the reward

    function test_convict_leavesTheRewardToTheClaimantThoughAStrangerWasFirst() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        _convict(receipt, signature, stranger);
        assertEq(_payout(_offence(receipt)).challenger, stranger, "at first");
        vm.warp(block.timestamp + ESCROW - 1);
        _convict(receipt, signature, challenger);
        assertEq(_payout(_offence(receipt)).challenger, challenger, "then");
        // And nobody takes it back.
        vm.prank(stranger);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        vm.warp(block.timestamp + 1);
        onus.claimReward(_offence(receipt));
        assertEq(token.balanceOf(challenger), 8e18, "reward");
        assertEq(onus.faultRecord(provider).slashed, 40e18, "slashed once");
    }

    function test_convict_movesNoRewardThatCanBeClaimed() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        _convict(receipt, signature, stranger);
        vm.warp(block.timestamp + ESCROW);
        vm.prank(challenger);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
    }

    function test_convict_movesNoRewardBetweenStrangers() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        _convict(receipt, signature, stranger);
        vm.warp(block.timestamp + 1);
        vm.prank(consumer);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
    }

    // with other faults

    function test_convict_escalatesWithOtherFaultsAndExcludesAtTheThird() public {
        (Receipt memory first, bytes memory firstSignature) = _claimed();
        (Receipt memory third, bytes memory thirdSignature) = _claimed();
        (Receipt memory fourth, bytes memory fourthSignature) = _claimed();
        _passResponse();
        uint256 active = STAKE;
        _convict(first, firstSignature, challenger);
        active -= active / 100;
        assertEq(onus.account(provider).active, active, "one percent");
        Receipt memory wrong = _receipt(1);
        _attest(wrong);
        _convictDirect(wrong);
        active -= 2 + 2 * (active / 100);
        assertEq(onus.account(provider).active, active, "two percent and the bond");
        assertFalse(onus.account(provider).tombstoned, "tombstoned at the second");
        _convict(third, thirdSignature, challenger);
        active -= 4 * (active / 100);
        assertEq(onus.account(provider).active, active, "four percent");
        assertTrue(onus.account(provider).tombstoned, "tombstoned at the third");
        assertEq(onus.faultsOf(_key(third)), 0x030000, "faults of the request");
        // Nothing more by signatures; the last bond comes back when nobody can convict any more.
        vm.expectRevert(abi.encodeWithSelector(IStake.ProviderTombstoned.selector, provider));
        onus.convictSigned(Fault.Omission, fourth, fourthSignature, "");
        vm.expectRevert(_nothingToSettle(fourth));
        omission.settle(fourth);
        vm.warp(block.timestamp + TURN);
        omission.settle(fourth);
        assertEq(challenger.balance, BOND, "bond");
    }

    function test_convict_isAnotherOffenceThanEquivocationAboutTheSameRequest() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        _convict(receipt, signature, challenger);
        bytes memory evidence = _against(_rival(receipt));
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
        assertEq(onus.faultsOf(_key(receipt)), 0x010002, "faults of the request");
        assertEq(_payout(_offence(receipt)).reward, 8e18, "the first reward");
    }

    // settle

    function test_settle_paysTheProviderThatHasAnswered() public {
        (Receipt memory receipt, ) = _attestedAndClaimed();
        omission.answer(receipt, _direct());
        vm.expectEmit(address(omission));
        emit IOmission.Settled(_id(receipt), provider, BOND);
        vm.prank(stranger);
        omission.settle(receipt);
        assertEq(provider.balance, BOND, "provider");
        _assertSettled(receipt);
    }

    function test_settle_paysTheClaimantAfterTheConviction() public {
        (Receipt memory receipt, bytes memory signature) = _claimed();
        _passResponse();
        vm.expectRevert(_nothingToSettle(receipt));
        omission.settle(receipt);
        _convict(receipt, signature, stranger);
        vm.expectEmit(address(omission));
        emit IOmission.Settled(_id(receipt), challenger, BOND);
        omission.settle(receipt);
        assertEq(challenger.balance, BOND, "claimant");
        _assertSettled(receipt);
    }

    function test_settle_paysTheClaimantWhenNobodyConvictsInTime() public {
        (Receipt memory receipt, ) = _claimed();
        uint256 due = omission.claimOf(_id(receipt)).due;
        vm.roll(block.number + RESPONSE_BLOCKS);
        vm.warp(due + TURN);
        vm.expectRevert(_nothingToSettle(receipt));
        omission.settle(receipt);
        vm.warp(due + TURN + 1);
        omission.settle(receipt);
        assertEq(challenger.balance, BOND, "claimant");
        _assertSettled(receipt);
    }

    /// @dev As long as an answer is taken, the bond is there to pay for it.
    function test_settle_paysNobodyWhileAnAnswerIsTaken() public {
        (Receipt memory receipt, ) = _attestedAndClaimed();
        vm.warp(block.timestamp + 100 days);
        vm.roll(block.number + RESPONSE_BLOCKS - 1);
        vm.expectRevert(_nothingToSettle(receipt));
        omission.settle(receipt);
        omission.answer(receipt, _direct());
        omission.settle(receipt);
        assertEq(provider.balance, BOND, "provider");
    }

    function test_settle_paysOnceAndOnlyClaims() public {
        Receipt memory receipt = _receipt(C);
        vm.expectRevert(_nothingToSettle(receipt));
        omission.settle(receipt);
        (receipt, ) = _claimed();
        vm.expectRevert(_nothingToSettle(receipt));
        omission.settle(receipt);
    }

    function test_settle_paysAGreedyClaimantOnce() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        (Receipt memory other, bytes memory otherSignature) = _omitted();
        _claim(other, otherSignature);
        Greedy greedy = new Greedy(address(omission));
        vm.deal(address(this), BOND);
        greedy.act{value: BOND}(abi.encodeCall(IOmission.claim, (receipt, signature)));
        _passResponse();
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        greedy.arm(abi.encodeCall(IOmission.settle, (receipt)));
        omission.settle(receipt);
        assertEq(greedy.paid(), BOND, "paid");
        assertEq(greedy.refused(), IOmission.NothingToSettle.selector, "the inner call");
        assertEq(address(omission).balance, BOND, "the other bond");
    }

    function test_settle_paysAGreedyProviderOnce() public {
        Greedy greedy = new Greedy(address(omission));
        _register(address(greedy));
        _addKey(address(greedy), vm.addr(KEY));
        _stake(address(greedy), STAKE);
        Receipt memory receipt = _receipt(C);
        receipt.provider = address(greedy);
        bytes memory signature = _sign(KEY, receipt);
        _attest(receipt);
        vm.warp(receipt.anchorBy + 1);
        _claim(receipt, signature);
        (Receipt memory other, bytes memory otherSignature) = _omitted();
        _claim(other, otherSignature);
        omission.answer(receipt, _direct());
        greedy.arm(abi.encodeCall(IOmission.settle, (receipt)));
        omission.settle(receipt);
        assertEq(greedy.paid(), BOND, "paid");
        assertEq(greedy.refused(), IOmission.NothingToSettle.selector, "the inner call");
        assertEq(address(omission).balance, BOND, "the other bond");
    }

    /// @dev Who takes no wei leaves its own bond where it is, and keeps nobody from anything.
    function test_settle_waitsForWhoTakesNoWei() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        vm.deal(address(token), BOND);
        vm.prank(address(token));
        omission.claim{value: BOND}(receipt, signature);
        _passResponse();
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        vm.expectRevert(Errors.FailedCall.selector);
        omission.settle(receipt);
        assertEq(omission.claimOf(_id(receipt)).bond, BOND, "bond");
    }

    /// @dev A provider that claims against itself gets its own bond back, and its answer costs it nothing.
    function test_claim_byTheProviderItselfKeepsNobodyFromConvictingIt() public {
        (Receipt memory receipt, bytes memory signature) = _omitted();
        vm.deal(provider, BOND);
        vm.prank(provider);
        omission.claim{value: BOND}(receipt, signature);
        _passResponse();
        _convict(receipt, signature, challenger);
        assertEq(onus.faultRecord(provider).slashed, 40e18, "slashed");
        // It can take over what is a fifth of its own loss.
        _convict(receipt, signature, provider);
        assertEq(_payout(_offence(receipt)).reward, 8e18, "reward");
    }

    function test_views_sayWhatWasDeployed() public {
        (uint256 period, uint256 blocks) = omission.responseTime();
        assertEq(period, RESPONSE, "period");
        assertEq(blocks, RESPONSE_BLOCKS, "blocks");
        assertEq(omission.longestGame(), 0, "longest game");
        Omission other = new Omission(700, 8, 9);
        (period, blocks) = other.responseTime();
        assertEq(period, 700, "other period");
        assertEq(blocks, 8, "other blocks");
        assertEq(other.answerPrice(), 200_000 * 9, "other price");
    }

    /// @dev What a provider does that wants to keep its stake: it leaves first. A signature reserves nothing, so the percent is
    /// one of what has stayed; the fault stays for ever.
    function test_convict_findsAPercentOfWhatAProviderLeftBehind() public {
        vm.prank(provider);
        onus.startThaw(uint128(STAKE - 1_000e18));
        vm.warp(START + THAW - 1 hours);
        (Receipt memory receipt, bytes memory signature) = _claimed();
        vm.prank(provider);
        onus.withdraw();
        _passResponse();
        IConvictions.Taken memory taken = _convict(receipt, signature, challenger);
        assertEq(taken.punitive, 10e18, "punitive");
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
    }

    /// @dev A signed receipt that nobody has anchored, when that was due.
    function _omitted() private returns (Receipt memory receipt, bytes memory signature) {
        receipt = _receipt(C);
        signature = _sign(KEY, receipt);
        vm.warp(receipt.anchorBy + 1);
    }

    function _claimed() private returns (Receipt memory receipt, bytes memory signature) {
        (receipt, signature) = _omitted();
        _claim(receipt, signature);
    }

    function _attestedAndClaimed() private returns (Receipt memory receipt, bytes memory signature) {
        receipt = _receipt(C);
        signature = _sign(KEY, receipt);
        _attest(receipt);
        vm.warp(receipt.anchorBy + 1);
        _claim(receipt, signature);
    }

    /// @dev Three anchored receipts, and the signature of the second, when it can be claimed.
    function _batched() private returns (Receipt[] memory receipts, bytes memory signature) {
        receipts = new Receipt[](3);
        for (uint256 i; i < 3; ++i) receipts[i] = _receipt(C);
        signature = _sign(KEY, receipts[1]);
        _anchor(_batchOf(receipts));
        vm.warp(receipts[1].anchorBy + 1);
    }

    function _one() private returns (Receipt[] memory receipts) {
        receipts = new Receipt[](1);
        receipts[0] = _receipt(C);
    }

    function _claim(Receipt memory receipt, bytes memory signature) private {
        vm.deal(challenger, BOND);
        vm.prank(challenger);
        omission.claim{value: BOND}(receipt, signature);
    }

    function _refuseClaim(Receipt memory receipt, bytes memory signature, bytes memory refusal) private {
        vm.deal(challenger, BOND);
        vm.expectRevert(refusal);
        vm.prank(challenger);
        omission.claim{value: BOND}(receipt, signature);
    }

    function _pauseBetween(uint256 from, uint256 until) private {
        vm.prank(address(governance));
        onus.pauseAnchors(uint32(from), uint32(until));
    }

    function _refuseAnswer(Receipt memory receipt, Inclusion memory place, bytes memory refusal) private {
        vm.expectRevert(refusal);
        omission.answer(receipt, place);
    }

    function _convict(
        Receipt memory receipt,
        bytes memory signature,
        address who
    ) private returns (IConvictions.Taken memory taken) {
        vm.prank(who);
        OffenceId id;
        (id, taken) = onus.convictSigned(Fault.Omission, receipt, signature, "");
        assertEq(OffenceId.unwrap(id), _offence(receipt), "offence");
    }

    /// @dev Past the time and the blocks in which an answer is taken.
    function _passResponse() private {
        vm.warp(block.timestamp + RESPONSE + 1);
        vm.roll(block.number + RESPONSE_BLOCKS);
    }

    /// @dev Never guilty any more.
    function _assertAnswered(Receipt memory receipt, bytes memory signature) private {
        assertTrue(omission.claimOf(_id(receipt)).answered, "answered");
        _passResponse();
        vm.expectRevert(_notGuilty(receipt));
        onus.convictSigned(Fault.Omission, receipt, signature, "");
    }

    function _assertSettled(Receipt memory receipt) private {
        assertEq(omission.claimOf(_id(receipt)).bond, 0, "bond");
        assertEq(address(omission).balance, 0, "balance");
        vm.expectRevert(_nothingToSettle(receipt));
        omission.settle(receipt);
    }

    function _id(Receipt memory receipt) private view returns (ReceiptId) {
        return onus.receiptIdOf(receipt);
    }

    function _excused(
        Receipt memory receipt,
        uint256 from,
        uint256 until
    ) private view returns (bytes memory) {
        return abi.encodeWithSelector(IOmission.Excused.selector, _id(receipt), from, until);
    }

    function _notGuilty(Receipt memory receipt) private view returns (bytes memory) {
        return abi.encodeWithSelector(IConvictions.NotGuilty.selector, _id(receipt), Fault.Omission);
    }

    function _nothingToSettle(Receipt memory receipt) private view returns (bytes memory) {
        return abi.encodeWithSelector(IOmission.NothingToSettle.selector, _id(receipt));
    }

    function _offence(Receipt memory receipt) private pure returns (bytes32) {
        return keccak256(abi.encode(_key(receipt), Fault.Omission));
    }

    function _key(Receipt memory receipt) private pure returns (RequestKey) {
        return RequestKey.wrap(keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId)));
    }
}
