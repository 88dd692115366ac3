// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "../../contracts/consumer/AccountableConsumer.sol";
import {PolicyCheck} from "../../contracts/consumer/PolicyCheck.sol";
import {DigitBook} from "../../contracts/consumer/examples/DigitBook.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {AccountabilityPolicy, Assurance, Clause} from "../../contracts/types/AccountabilityPolicy.sol";
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
        _policy.modelId = onus.registerModel(_header(2), "");
        _refuse(receipt, _direct(), Clause.Model, "Model");
    }

    /// @dev Both models are registered and the receipt says the right one: its batch says another.
    function test_unmet_model_whenTheBatchIsAnchoredUnderAnother() public {
        ModelId other = onus.registerModel(_header(2), "");
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
        Receipt memory first = _anchored();
        _passWindow();
        onus.releaseReceipt(first);
        uint256 score = onus.reputation(provider).score;
        Receipt memory receipt = _anchored();
        _policy.minScore = uint64(score);
        assertEq(_unmet(receipt, _direct()), 0, "unmet at the score itself");
        _policy.minScore = uint64(score + 1);
        _refuse(receipt, _direct(), Clause.Score, "Score");
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
        expected |= _bit(Clause.Score) | _bit(Clause.Age);
        assertEq(_unmet(receipt, _direct()), expected, "unmet");
    }

    function test_firstName_isThatOfTheLowestBit() public pure {
        assertEq(PolicyCheck.firstName(0), "", "none");
        assertEq(PolicyCheck.firstName(type(uint256).max), "Collateral", "all");
        assertEq(PolicyCheck.firstName((1 << 4) | (1 << 11)), "Trace", "two");
        assertEq(PolicyCheck.firstName(1 << 12), "", "no such clause");
    }

    // DigitBook

    function test_record_writesDownTheMostProbableDigit() public {
        DigitBook book = _book();
        for (uint256 digit; digit < 10; ++digit) {
            Receipt memory receipt = _receipt(COVERAGE);
            _answer = _probabilities(digit);
            receipt.outputCommitment = _root(_answer);
            _attest(receipt);
            vm.expectEmit(address(book));
            emit DigitBook.DigitRecorded(receipt.requestId, provider, digit);
            book.record(receipt, _direct(), _answer);
            assertEq(book.entries(receipt.requestId), digit + 1, "entry");
        }
    }

    function test_record_refusesOtherBytesThanTheAnswer() public {
        DigitBook book = _book();
        Receipt memory receipt = _answered();
        bytes memory wrong = _probabilities(4);
        vm.expectRevert(
            abi.encodeWithSelector(DigitBook.AnswerMismatch.selector, receipt.outputCommitment, _root(wrong))
        );
        book.record(receipt, _direct(), wrong);
    }

    function test_record_refusesAnAnswerOfAnotherLength() public {
        DigitBook book = _book();
        bytes memory long = bytes.concat(_answer, hex"00000000");
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.outputCommitment = _root(long);
        _attest(receipt);
        vm.expectRevert(abi.encodeWithSelector(DigitBook.AnswerMismatch.selector, _root(long), _root(long)));
        book.record(receipt, _direct(), long);
    }

    function test_record_refusesAReplay() public {
        DigitBook book = _book();
        Receipt memory receipt = _answered();
        book.record(receipt, _direct(), _answer);
        vm.expectRevert(abi.encodeWithSelector(DigitBook.EntryExists.selector, receipt.requestId));
        book.record(receipt, _direct(), _answer);
    }

    function test_record_refusesAnswersThatNobodyIsAccountableFor() public {
        DigitBook book = _book();
        Receipt memory receipt = _receipt(COVERAGE);
        receipt.outputCommitment = _root(_answer);
        vm.expectRevert(
            abi.encodeWithSelector(
                AccountableConsumer.AnswerRefused.selector,
                onus.receiptIdOf(receipt),
                "Collateral",
                1
            )
        );
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
        uint256 unmet = plain.unmetClauses(receipt, _direct());
        assertEq(unmet, _bit(Clause.Beneficiary), "unmet");
    }

    /// @dev Exactly this clause is unmet, and a consumer's refusal gives its name.
    function _refuse(
        Receipt memory receipt,
        Inclusion memory inclusion,
        Clause clause,
        string memory name
    ) private {
        assertEq(_unmet(receipt, inclusion), _bit(clause), "unmet");
        DigitBook book = _book();
        vm.expectRevert(
            abi.encodeWithSelector(
                AccountableConsumer.AnswerRefused.selector,
                onus.receiptIdOf(receipt),
                name,
                _bit(clause)
            )
        );
        book.record(receipt, inclusion, "");
    }

    function _unmet(Receipt memory receipt, Inclusion memory inclusion) private returns (uint256) {
        return _book().unmetClauses(receipt, inclusion);
    }

    function _book() private returns (DigitBook) {
        return new DigitBook(onus, consumer, _policy);
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
