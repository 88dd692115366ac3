// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "../../contracts/consumer/AccountableConsumer.sol";
import {Policies} from "../../contracts/consumer/Policies.sol";
import {PolicyCheck} from "../../contracts/consumer/PolicyCheck.sol";
import {DigitBook} from "../../contracts/consumer/examples/DigitBook.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {
    AccountabilityPolicy,
    Assurance,
    Clause,
    Expected
} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract PolicyCheckTest is OnusTest {
    uint128 private constant COVERAGE = 10e18;
    uint256 private constant STAKE = 4_000e18;

    AccountabilityPolicy private _policy;
    /// @dev Three is the most probable; the values are little-endian float32.
    bytes private _answer;

    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
        _answer = _probabilities(3);
        _policy.modelId = modelId;
        _policy.minCoverage = COVERAGE;
        _policy.minStake = uint128(STAKE);
        _policy.maxAge = 1 days;
        _policy.minWindow = WINDOW;
    }

    // policies

    function test_unmet_isZeroWhenEveryClauseIsMetExactly() public {
        Receipt memory receipt = _anchored();
        vm.warp(receipt.issuedAt + 1 days);
        assertEq(_unmet(receipt, _direct()), 0, "unmet");
    }

    function test_unmet_acceptsAReceiptInABatch() public {
        Receipt[] memory receipts = new Receipt[](3);
        for (uint256 i; i < 3; ++i) receipts[i] = _receipt(COVERAGE);
        _anchor(_batchOf(receipts));
        assertEq(_unmet(receipts[2], _inclusion(receipts, 2)), 0, "unmet");
    }

    function test_unmet_acceptsAnyRegisteredModelWhenNoneIsNamed() public {
        _policy.modelId = ModelId.wrap(0);
        Receipt memory receipt = _anchored();
        assertEq(_unmet(receipt, _direct()), 0, "unmet");
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        receipts[1].modelId = ModelId.wrap("unknown");
        _anchor(_batchOf(receipts));
        _refuse(receipts[1], _inclusion(receipts, 1), Clause.Model, "Model");
    }

    function test_unmet_acceptsAnyAgeWhenNoneIsNamed() public {
        _policy.maxAge = 0;
        Receipt memory receipt = _anchored();
        vm.warp(START + 1000 days);
        assertEq(_unmet(receipt, _direct()), 0, "unmet");
    }

    function test_unmet_collateral_whenNothingWasAnchored() public {
        _refuse(_receipt(COVERAGE), _direct(), Clause.Collateral, "Collateral");
    }

    function test_unmet_collateral_whenThePathProvesNothing() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 0);
        _refuse(receipts[1], inclusion, Clause.Collateral, "Collateral");
        inclusion = _inclusion(receipts, 1);
        inclusion.batch.provider = stranger;
        _refuse(receipts[1], inclusion, Clause.Collateral, "Collateral");
    }

    /// @dev It rides on the collateral of the others: nothing would be owed to its consumer.
    function test_unmet_collateral_whenALeafHasNoCoverage() public {
        _policy.minCoverage = 0;
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(0));
        _anchor(_batchOf(receipts));
        _refuse(receipts[1], _inclusion(receipts, 1), Clause.Collateral, "Collateral");
        assertEq(_unmet(receipts[0], _inclusion(receipts, 0)), 0, "unmet of the covered receipt");
        onus.convict(Fault.WrongExecution, receipts[1], _inclusion(receipts, 1), GUILTY);
        assertEq(onus.restituted(provider), 0, "restituted");
    }

    function test_unmet_acceptsTheSmallestCoverageWhenNoneIsAskedFor() public {
        _policy.minCoverage = 0;
        Receipt memory receipt = _receipt(1);
        _attest(receipt);
        assertEq(_unmet(receipt, _direct()), 0, "unmet");
    }

    function testFuzz_unmet_collateral_whenItWasAnchoredAfterThePromisedTime(uint256 late) public {
        _policy.maxAge = 0;
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        vm.warp(receipts[0].anchorBy + bound(late, 1, 1000 days));
        _anchor(_batchOf(receipts));
        _refuse(receipts[0], _inclusion(receipts, 0), Clause.Collateral, "Collateral");
    }

    function test_unmet_acceptsABatchAnchoredInTheLastSecond() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        receipts[1].anchorBy = receipts[0].anchorBy - 1;
        vm.warp(receipts[0].anchorBy);
        _anchor(_batchOf(receipts));
        assertEq(_unmet(receipts[0], _inclusion(receipts, 0)), 0, "unmet");
        _refuse(receipts[1], _inclusion(receipts, 1), Clause.Collateral, "Collateral");
    }

    function test_unmet_notConvicted_whenAFaultOfTheRequestWasProven() public {
        _policy.minStake = 0;
        Receipt memory receipt = _anchored();
        _convictDirect(receipt);
        _refuse(receipt, _direct(), Clause.NotConvicted, "NotConvicted");
    }

    function test_unmet_notConvicted_whenAnotherAnswerToTheRequestWasConvicted() public {
        _policy.minStake = 0;
        Receipt memory receipt = _anchored();
        Receipt memory rival = _rival(receipt);
        _attest(rival);
        _convictDirect(rival);
        _refuse(receipt, _direct(), Clause.NotConvicted, "NotConvicted");
    }

    function test_unmet_providerStanding_whenTheProviderIsTombstoned() public {
        _policy.minStake = 0;
        Receipt memory receipt = _anchored();
        Receipt memory other = _receipt(0);
        bytes memory signature = _sign(KEY, other);
        onus.convictSigned(Fault.Equivocation, other, signature, _against(_rival(other)));
        _refuse(receipt, _direct(), Clause.ProviderStanding, "ProviderStanding");
    }

    function test_unmet_beneficiary_whenAnotherIsOwedRestitution() public {
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.consumer = stranger;
        _attest(receipt);
        _refuse(receipt, _direct(), Clause.Beneficiary, "Beneficiary");
    }

    function test_unmet_trace_whenTheReceiptCommitsToNone() public {
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.traceCommitment = 0;
        _attest(receipt);
        _refuse(receipt, _direct(), Clause.Trace, "Trace");
    }

    function test_unmet_model_whenItIsAnotherOne() public {
        Receipt memory receipt = _anchored();
        _policy.modelId = models.registerModel(_header(2), "");
        _refuse(receipt, _direct(), Clause.Model, "Model");
    }

    /// @dev Both models are registered and the receipt says the right one: its batch says another.
    function test_unmet_model_whenTheBatchIsAnchoredUnderAnother() public {
        ModelId other = models.registerModel(_header(2), "");
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        receipts[1].modelId = other;
        _anchor(_batchOf(receipts));
        _policy.modelId = other;
        _refuse(receipts[1], _inclusion(receipts, 1), Clause.Model, "Model");
        _policy.modelId = ModelId.wrap(0);
        _refuse(receipts[1], _inclusion(receipts, 1), Clause.Model, "Model");
        assertEq(_unmet(receipts[0], _inclusion(receipts, 0)), 0, "unmet of the other receipt");
        Inclusion memory inclusion = _inclusion(receipts, 1);
        inclusion.batch.modelId = other;
        _anchor(inclusion.batch);
        assertEq(_unmet(receipts[1], inclusion), 0, "unmet under the right model");
    }

    function test_unmet_model_ignoresABatchThatIsNone() public {
        Receipt memory receipt = _anchored();
        Inclusion memory inclusion = _direct();
        inclusion.batch.modelId = ModelId.wrap("other");
        assertEq(_unmet(receipt, inclusion), 0, "unmet");
    }

    function test_unmet_assurance_untilTheWindowIsOver() public {
        _policy.assurance = Assurance.Final;
        Receipt memory receipt = _anchored();
        vm.warp(START + WINDOW + 1);
        vm.roll(START_BLOCK + WINDOW_BLOCKS - 1);
        _refuse(receipt, _direct(), Clause.Assurance, "Assurance");
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        assertEq(_unmet(receipt, _direct()), 0, "unmet");
        vm.warp(START + WINDOW);
        _refuse(receipt, _direct(), Clause.Assurance, "Assurance");
    }

    function test_unmet_coverage_whenOneUnitIsMissing() public {
        Receipt memory receipt = _receipt(COVERAGE - 1);
        _attest(receipt);
        _refuse(receipt, _direct(), Clause.Coverage, "Coverage");
    }

    function test_unmet_stake_whenOneUnitIsMissing() public {
        Receipt memory receipt = _anchored();
        vm.prank(provider);
        onus.startThaw(1);
        _refuse(receipt, _direct(), Clause.Stake, "Stake");
    }

    function test_unmet_score_whenTheProviderHasNotEarnedIt() public {
        _earnScore();
        uint256 score = reputation.reputation(provider).score;
        Receipt memory receipt = _anchored();
        _policy.minScore = uint64(score);
        assertEq(_unmet(receipt, _direct()), 0, "unmet at the score itself");
        _policy.minScore = uint64(score + 1);
        _refuse(receipt, _direct(), Clause.Score, "Score");
    }

    /// @dev With another model it has earned a score, which is the prior of every model's.
    function test_unmet_score_whenTheProviderIsNotScoredWithTheModel() public {
        _earnScore();
        ModelId other = models.registerModel(_header(2), "");
        _policy.modelId = other;
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.modelId = other;
        _attest(receipt);
        assertEq(_unmet(receipt, _direct()), 0, "unmet when no score is asked for");
        _policy.minScore = 1;
        assertFalse(reputation.reputationFor(provider, other).scored, "scored");
        assertLt(0, reputation.reputationFor(provider, other).score, "score");
        _refuse(receipt, _direct(), Clause.Score, "Score");
        _passWindow();
        onus.releaseReceipt(receipt, _direct());
        assertEq(_unmet(receipt, _direct()), 0, "unmet with history");
    }

    function test_unmet_score_whenTheProviderIsNotScoredAtAll() public {
        Receipt memory receipt = _anchored();
        _policy.minScore = 1;
        _refuse(receipt, _direct(), Clause.Score, "Score");
    }

    function test_unmet_collateral_isNotLateBecauseOfADispute() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        _anchor(_batchOf(receipts));
        _surviveDispute(receipts[1], _inclusion(receipts, 1));
        _surviveDispute(_anchored(), _direct());
    }

    /// @dev A dispute moves the collateral, but not when it was reserved.
    function test_unmet_collateral_isLateInADisputeAsWell() public {
        _policy.maxAge = 0;
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        vm.warp(receipts[0].anchorBy + 1);
        _anchor(_batchOf(receipts));
        judge.detain(receipts[0], _inclusion(receipts, 0), block.timestamp + 2 days);
        _refuse(receipts[0], _inclusion(receipts, 0), Clause.Collateral, "Collateral");
    }

    function test_unmet_providerStanding_whenTheProviderIsNotRegistered() public {
        _stake(stranger, STAKE);
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.provider = stranger;
        _attest(receipt);
        _refuse(receipt, _direct(), Clause.ProviderStanding, "ProviderStanding");
        _register(stranger);
        assertEq(_unmet(receipt, _direct()), 0, "unmet when registered");
    }

    function test_unmet_method_whenItIsAnotherOne() public {
        Receipt memory receipt = _anchored();
        _policy.method = 1;
        assertEq(_unmet(receipt, _direct()), 0, "unmet with the method of all models");
        _policy.method = 2;
        _refuse(receipt, _direct(), Clause.Method, "Method");
    }

    /// @dev A policy may name a model that nobody has registered, but then its method is not known.
    function test_unmet_method_whenTheModelIsNotRegistered() public {
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.modelId = _policy.modelId = ModelId.wrap("unknown");
        _attest(receipt);
        assertEq(_unmet(receipt, _direct()), 0, "unmet when no method is named");
        _policy.method = 1;
        _refuse(receipt, _direct(), Clause.Method, "Method");
    }

    function test_unmet_unreserved_whenOneUnitIsMissing() public {
        Receipt memory receipt = _anchored();
        _policy.minUnreserved = uint128(STAKE - 2 * COVERAGE);
        assertEq(_unmet(receipt, _direct()), 0, "unmet at the amount itself");
        _anchored();
        _refuse(receipt, _direct(), Clause.Unreserved, "Unreserved");
    }

    function test_unmet_lossRatio_whenTheProviderHasLostMore() public {
        _policy.minStake = 0;
        Receipt memory receipt = _faulty();
        assertEq(reputation.reputation(provider).lossRatio, 1e18, "loss ratio");
        assertEq(_unmet(receipt, _direct()), 0, "unmet when any is accepted");
        _policy.maxLossRatio = 1e18;
        assertEq(_unmet(receipt, _direct()), 0, "unmet at the ratio itself");
        _policy.maxLossRatio = 1e18 - 1;
        _refuse(receipt, _direct(), Clause.LossRatio, "LossRatio");
    }

    /// @dev What it lost with another model counts, and what it earned with another does not hide what it lost with this.
    function test_unmet_lossRatio_isTheWorseOfBoth() public {
        (_policy.minStake, _policy.maxLossRatio) = (0, 0.5e18);
        ModelId other = models.registerModel(_header(2), "");
        Receipt memory receipt = _anchored();
        Receipt memory elsewhere = _receipt(COVERAGE);
        elsewhere.modelId = other;
        _attest(elsewhere);
        _convictDirect(elsewhere);
        assertEq(reputation.reputationFor(provider, modelId).lossRatio, 0, "loss ratio with the model");
        _refuse(receipt, _direct(), Clause.LossRatio, "LossRatio");
        _passWindow();
        onus.releaseReceipt(receipt, _direct());
        assertEq(_unmet(receipt, _direct()), 0, "unmet with half of it lost");
        (_policy.modelId, elsewhere) = (other, _receipt(COVERAGE));
        elsewhere.modelId = other;
        _attest(elsewhere);
        assertLe(reputation.reputation(provider).lossRatio, 0.5e18, "loss ratio overall");
        _refuse(elsewhere, _direct(), Clause.LossRatio, "LossRatio");
    }

    function test_unmet_sinceFault_whenTheLastFaultIsTooRecent() public {
        _policy.minStake = 0;
        Receipt memory receipt = _faulty();
        assertEq(_unmet(receipt, _direct()), 0, "unmet when any is accepted");
        _policy.minSinceFault = 1 days;
        vm.warp(START + 1 days - 1);
        _refuse(receipt, _direct(), Clause.SinceFault, "SinceFault");
        vm.warp(START + 1 days);
        assertEq(_unmet(receipt, _direct()), 0, "unmet a day later");
    }

    function test_unmet_sinceFault_acceptsWhoNeverHadOne() public {
        _policy.minSinceFault = type(uint32).max;
        assertEq(_unmet(_anchored(), _direct()), 0, "unmet");
    }

    function test_unmet_thaw_whenTheProviderTakesStakeOut() public {
        (_policy.minStake, _policy.requireNoThaw) = (0, true);
        Receipt memory receipt = _anchored();
        assertEq(_unmet(receipt, _direct()), 0, "unmet before");
        vm.prank(provider);
        onus.startThaw(1);
        _refuse(receipt, _direct(), Clause.Thaw, "Thaw");
        _policy.requireNoThaw = false;
        assertEq(_unmet(receipt, _direct()), 0, "unmet when it may");
    }

    function testFuzz_unmet_input_whenItAnswersAnotherQuestion(bytes32 question) public {
        Receipt memory receipt = _anchored();
        if (question == receipt.inputCommitment) question = ~question;
        _refuseQuestion(question, receipt, _direct(), Clause.Input, "Input");
        assertEq(_unmet(receipt, _direct()), 0, "unmet of its own question");
    }

    function test_unmet_age_whenItIsOneSecondTooOld() public {
        Receipt memory receipt = _anchored();
        vm.warp(START + 1 days + 1);
        _refuse(receipt, _direct(), Clause.Age, "Age");
    }

    function test_unmet_age_whenItIsFromTheFuture() public {
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = _receipt(COVERAGE);
        receipts[0].issuedAt = uint64(START + 1);
        _anchor(_batchOf(receipts));
        _refuse(receipts[0], _inclusion(receipts, 0), Clause.Age, "Age");
    }

    function test_unmet_window_whenItIsTooShort() public {
        Receipt memory receipt = _anchored();
        _policy.minWindow = WINDOW + 1;
        _refuse(receipt, _direct(), Clause.Window, "Window");
    }

    function test_unmet_window_whenTheBatchGivesLessThanTheReceiptPromises() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(COVERAGE));
        receipts[1].challengeWindow = WINDOW + 1;
        _anchor(_batchOf(receipts));
        _refuse(receipts[1], _inclusion(receipts, 1), Clause.Window, "Window");
    }

    function test_unmet_namesEveryClauseAtOnce() public {
        Receipt memory receipt = _receipt(0);
        (receipt.consumer, receipt.traceCommitment, receipt.issuedAt) = (stranger, 0, 0);
        _policy.modelId = ModelId.wrap("other");
        (_policy.minStake, _policy.minScore) = (type(uint128).max, 1);
        uint256 expected = _bit(Clause.Collateral) | _bit(Clause.Beneficiary) | _bit(Clause.Trace);
        expected |= _bit(Clause.Model) | _bit(Clause.Coverage) | _bit(Clause.Stake);
        expected |= _bit(Clause.Score) | _bit(Clause.Age) | _bit(Clause.Input);
        assertEq(_mask(receipt, _direct(), "other"), expected, "unmet");
    }

    /// @dev Located, but without coverage: also what depends on the lock is unmet.
    function test_unmet_canBeEverything() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receipt(0));
        Receipt memory receipt = receipts[1];
        (receipt.consumer, receipt.traceCommitment) = (stranger, 0);
        _anchor(_batchOf(receipts));
        vm.prank(provider);
        onus.startThaw(1);
        onus.convict(Fault.WrongExecution, receipts[0], _inclusion(receipts, 0), GUILTY);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        (_policy.modelId, _policy.method, _policy.assurance) = (ModelId.wrap("other"), 2, Assurance.Final);
        (_policy.minStake, _policy.minUnreserved) = (type(uint128).max, type(uint128).max);
        (_policy.minScore, _policy.maxLossRatio, _policy.minWindow) = (1e18, 1, WINDOW + 1);
        (_policy.minSinceFault, _policy.requireNoThaw) = (type(uint32).max, true);
        vm.warp(START + 1 days + 1);
        uint256 unmet = _mask(receipt, _inclusion(receipts, 1), "other");
        // Its window is over by time, but not by blocks.
        assertEq(unmet, (1 << 18) - 1, "unmet");
    }

    function test_firstName_isThatOfTheLowestBit() public pure {
        assertEq(PolicyCheck.firstName(0), "", "none");
        assertEq(PolicyCheck.firstName(type(uint256).max), "Collateral", "all");
        assertEq(PolicyCheck.firstName((1 << 5) | (1 << 11)), "Trace", "two");
        assertEq(PolicyCheck.firstName((1 << 16) | (1 << 17)), "Age", "two more");
        assertEq(PolicyCheck.firstName(1 << uint256(Clause.Window)), "Window", "the last");
        assertEq(uint256(type(Clause).max), 17, "the last clause");
        assertEq(PolicyCheck.firstName(1 << 18), "", "no such clause");
    }

    // DigitBook

    function testFuzz_ask_remembersTheQuestion(bytes32 requestId, bytes32 question) public {
        DigitBook book = _book();
        vm.expectEmit(address(book));
        emit DigitBook.QuestionAsked(requestId, question);
        _ask(book, requestId, question);
        assertEq(book.questions(requestId), question, "question");
        assertEq(book.entries(requestId), 0, "entry");
    }

    function testFuzz_ask_refusesEverybodyButTheBeneficiary(address sender) public {
        if (sender == consumer) sender = stranger;
        DigitBook book = _book();
        vm.expectRevert(abi.encodeWithSelector(DigitBook.SenderNotBeneficiary.selector, sender));
        vm.prank(sender);
        book.ask("request", "question");
    }

    function test_record_refusesAnAnswerToAQuestionThatNobodyAsked() public {
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.inputCommitment = 0;
        _attest(receipt);
        DigitBook book = _book();
        vm.expectPartialRevert(AccountableConsumer.AnswerRefused.selector);
        book.record(receipt, _direct(), new bytes(40));
    }

    function test_ask_refusesASecondQuestionForARequest() public {
        DigitBook book = _book();
        _ask(book, "request", "question");
        bytes memory exists = abi.encodeWithSelector(DigitBook.QuestionExists.selector, bytes32("request"));
        vm.expectRevert(exists);
        _ask(book, "request", "another");
        vm.expectRevert(exists);
        _ask(book, "request", "question");
        vm.expectRevert(exists);
        _ask(book, "request", 0);
        assertEq(book.questions("request"), "question", "question");
        _ask(book, "another request", "question");
    }

    function test_record_refusesAnAnswerThatNobodyAskedFor() public {
        DigitBook book = _book();
        Receipt memory receipt = _answered();
        _ask(book, "another request", receipt.inputCommitment);
        _expectRefusal(receipt, Clause.Input, "Input");
        book.record(receipt, _direct(), _answer);
        _ask(book, receipt.requestId, receipt.inputCommitment);
        book.record(receipt, _direct(), _answer);
    }

    /// @dev Both answers are honest, the provider only mixes up the questions.
    function test_record_refusesTheAnswerToAnotherQuestion() public {
        DigitBook book = _book();
        Receipt memory receipt = _answered();
        Receipt memory other = _receipt(COVERAGE);
        (other.requestId, other.outputCommitment) = (receipt.requestId, _root(_probabilities(4)));
        _attest(other);
        _ask(book, receipt.requestId, receipt.inputCommitment);
        _expectRefusal(other, Clause.Input, "Input");
        book.record(other, _direct(), _probabilities(4));
        assertEq(book.entries(receipt.requestId), 0, "entry");
        book.record(receipt, _direct(), _answer);
        assertEq(book.entries(receipt.requestId), 3 + 1, "entry");
    }

    /// @dev Above infinity there are NaN and everything with a sign, be it zero.
    function testFuzz_record_refusesWhatIsNotANumber(uint256 place, uint32 bits) public {
        bits = uint32(bound(bits, 0x7f800001, type(uint32).max));
        _refuseValue(place % 10, bits);
    }

    function test_record_refusesNotANumberWhereverItIs() public {
        for (uint256 place; place < 10; ++place) _refuseValue(place, 0x7fc00000);
        _refuseValue(3, 0xffc00000);
        _refuseValue(0, 0x7f800001);
        _refuseValue(9, 0x80000000);
    }

    function testFuzz_record_acceptsEveryNumberUpToInfinity(uint256 place, uint32 bits) public {
        _recordValue(place % 10, uint32(bound(bits, 0x3f000001, 0x7f800000)));
    }

    function test_record_acceptsInfinity() public {
        for (uint256 place; place < 10; ++place) _recordValue(place, 0x7f800000);
    }

    function test_record_writesDownTheMostProbableDigit() public {
        DigitBook book = _book();
        for (uint256 digit; digit < 10; ++digit) {
            Receipt memory receipt = _receipt(COVERAGE);
            _answer = _probabilities(digit);
            receipt.outputCommitment = _root(_answer);
            _attest(receipt);
            _ask(book, receipt.requestId, receipt.inputCommitment);
            vm.expectEmit(address(book));
            emit DigitBook.DigitRecorded(receipt.requestId, provider, digit);
            book.record(receipt, _direct(), _answer);
            assertEq(book.entries(receipt.requestId), digit + 1, "entry");
        }
    }

    function test_record_refusesOtherBytesThanTheAnswer() public {
        Receipt memory receipt = _answered();
        DigitBook book = _bookFor(receipt);
        bytes memory wrong = _probabilities(4);
        vm.expectRevert(
            abi.encodeWithSelector(DigitBook.AnswerMismatch.selector, receipt.outputCommitment, _root(wrong))
        );
        book.record(receipt, _direct(), wrong);
    }

    function test_record_refusesAnAnswerOfAnotherLength() public {
        bytes memory long = bytes.concat(_answer, hex"00000000");
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.outputCommitment = _root(long);
        _attest(receipt);
        DigitBook book = _bookFor(receipt);
        vm.expectRevert(abi.encodeWithSelector(DigitBook.AnswerMismatch.selector, _root(long), _root(long)));
        book.record(receipt, _direct(), long);
    }

    function test_record_refusesAReplay() public {
        Receipt memory receipt = _answered();
        DigitBook book = _bookFor(receipt);
        book.record(receipt, _direct(), _answer);
        vm.expectRevert(abi.encodeWithSelector(DigitBook.EntryExists.selector, receipt.requestId));
        book.record(receipt, _direct(), _answer);
    }

    function test_record_refusesAnswersThatNobodyIsAccountableFor() public {
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.outputCommitment = _root(_answer);
        DigitBook book = _bookFor(receipt);
        _expectRefusal(receipt, Clause.Collateral, "Collateral");
        book.record(receipt, _direct(), _answer);
    }

    function test_record_keepsItsPolicyAndBeneficiary() public {
        DigitBook book = _book();
        assertEq(address(book.onus()), address(onus), "registry");
        assertEq(book.beneficiary(), consumer, "beneficiary");
        bytes32 kept = keccak256(abi.encode(book.accountabilityPolicy()));
        assertEq(kept, keccak256(abi.encode(_policy)), "policy");
    }

    function test_beneficiary_isTheContractItselfUnlessItSaysOtherwise() public {
        PlainConsumer plain = new PlainConsumer(onus);
        assertEq(plain.beneficiary(), address(plain), "beneficiary");
        Receipt memory receipt = _anchored();
        uint256 unmet = plain.unmetClauses(receipt, _direct(), receipt.inputCommitment);
        assertEq(unmet, _bit(Clause.Beneficiary), "unmet");
        unmet = plain.unmetClauses(receipt, _direct(), "another");
        assertEq(unmet, _bit(Clause.Beneficiary) | _bit(Clause.Input), "unmet of another question");
    }

    /// @dev Exactly this clause is unmet, and a consumer's refusal gives its name.
    function _refuse(
        Receipt memory receipt,
        Inclusion memory inclusion,
        Clause clause,
        string memory name
    ) private {
        _refuseQuestion(receipt.inputCommitment, receipt, inclusion, clause, name);
    }

    /// @dev The same for an application that asked `question` under the receipt's request.
    function _refuseQuestion(
        bytes32 question,
        Receipt memory receipt,
        Inclusion memory inclusion,
        Clause clause,
        string memory name
    ) private {
        DigitBook book = _book();
        assertEq(_mask(receipt, inclusion, question), _bit(clause), "unmet");
        _ask(book, receipt.requestId, question);
        _expectRefusal(receipt, clause, name);
        book.record(receipt, inclusion, "");
    }

    function _expectRefusal(Receipt memory receipt, Clause clause, string memory name) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                AccountableConsumer.AnswerRefused.selector,
                onus.receiptIdOf(receipt),
                name,
                _bit(clause)
            )
        );
    }

    function _refuseValue(uint256 place, uint32 bits) private {
        (DigitBook book, Receipt memory receipt) = _valued(place, bits);
        vm.expectRevert(abi.encodeWithSelector(DigitBook.AnswerNotANumber.selector, receipt.requestId));
        book.record(receipt, _direct(), _answer);
        assertEq(book.entries(receipt.requestId), 0, "entry");
    }

    function _recordValue(uint256 place, uint32 bits) private {
        (DigitBook book, Receipt memory receipt) = _valued(place, bits);
        book.record(receipt, _direct(), _answer);
        assertEq(book.entries(receipt.requestId), place + 1, "entry");
    }

    /// @dev An answer with one value of these bits, next to 0.5 and less.
    function _valued(uint256 place, uint32 bits) private returns (DigitBook book, Receipt memory receipt) {
        _answer = _probabilities((place + 1) % 10);
        for (uint256 i; i < 4; ++i) _answer[4 * place + i] = bytes1(uint8(bits >> (8 * i)));
        receipt = _answered();
        book = _bookFor(receipt);
    }

    function _unmet(Receipt memory receipt, Inclusion memory inclusion) private returns (uint256) {
        return _mask(receipt, inclusion, receipt.inputCommitment);
    }

    /// @dev Whether it is inherited or asked, the check says the same.
    function _mask(
        Receipt memory receipt,
        Inclusion memory inclusion,
        bytes32 question
    ) private returns (uint256 mask) {
        mask = _book().unmetClauses(receipt, inclusion, question);
        Expected memory expected = Expected(consumer, question);
        assertEq(new Policies(onus).check(receipt, inclusion, _policy, expected), mask, "unmet by Policies");
    }

    /// @dev Accepted while it is disputed, and final when that is over.
    function _surviveDispute(Receipt memory receipt, Inclusion memory inclusion) private {
        (_policy.maxAge, _policy.assurance) = (0, Assurance.Anchored);
        judge.detain(receipt, inclusion, block.timestamp + 2 days);
        assertEq(_unmet(receipt, inclusion), 0, "unmet while disputed");
        vm.warp(block.timestamp + 1 days);
        vm.roll(block.number + WINDOW_BLOCKS);
        _policy.assurance = Assurance.Final;
        _refuse(receipt, inclusion, Clause.Assurance, "Assurance");
        vm.warp(block.timestamp + 1 days + 1);
        assertEq(_unmet(receipt, inclusion), 0, "unmet after the dispute");
    }

    /// @dev One answer became final, and a consumer had burned a fee.
    function _earnScore() private {
        token.mint(consumer, 1e18);
        vm.prank(consumer);
        token.approve(address(reputation), 1e18);
        vm.prank(consumer);
        reputation.burnFee(provider, modelId, 1e18);
        Receipt memory receipt = _anchored();
        _passWindow();
        onus.releaseReceipt(receipt, _direct());
        assertLt(0, reputation.reputation(provider).score, "score");
    }

    /// @dev An honest answer of a provider that was convicted of another.
    function _faulty() private returns (Receipt memory receipt) {
        receipt = _anchored();
        _convictDirect(_anchored());
    }

    function _book() private returns (DigitBook) {
        return new DigitBook(onus, consumer, _policy);
    }

    /// @dev Which has asked the question that the receipt answers.
    function _bookFor(Receipt memory receipt) private returns (DigitBook book) {
        book = _book();
        _ask(book, receipt.requestId, receipt.inputCommitment);
    }

    function _ask(DigitBook book, bytes32 requestId, bytes32 question) private {
        vm.prank(consumer);
        book.ask(requestId, question);
    }

    function _anchored() private returns (Receipt memory receipt) {
        receipt = _receipt(COVERAGE);
        _attest(receipt);
    }

    /// @dev Anchored, with the commitment to `_answer`.
    function _answered() private returns (Receipt memory receipt) {
        receipt = _receipt(COVERAGE);
        receipt.outputCommitment = _root(_answer);
        _attest(receipt);
    }

    function _bit(Clause clause) private pure returns (uint256) {
        return 1 << uint256(clause);
    }

    /// @dev The tree of an output tensor of one chunk, by its description.
    function _root(bytes memory data) private pure returns (bytes32) {
        uint32 length = uint32(data.length);
        return sha256(abi.encodePacked(hex"00", hex"03", uint32(0), uint32(0), length, data));
    }

    /// @dev 0.5 for one digit, 0.0625 and less for the others.
    function _probabilities(uint256 digit) private pure returns (bytes memory data) {
        for (uint256 i; i < 10; ++i) {
            data = bytes.concat(data, i == digit ? bytes4(0x0000003f) : bytes4(0xffff7f3d));
        }
    }
}

/// @dev Accepts whatever has collateral.
contract PlainConsumer is AccountableConsumer {
    constructor(IOnus registry) AccountableConsumer(registry) {}

    function accountabilityPolicy() public pure override returns (AccountabilityPolicy memory policy) {}
}
