// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "../../contracts/consumer/AccountableConsumer.sol";
import {Callbacks} from "../../contracts/consumer/Callbacks.sol";
import {Output} from "../../contracts/consumer/Output.sol";
import {LendingDesk} from "../../contracts/consumer/examples/LendingDesk.sol";
import {AccountabilityPolicy, Clause} from "../../contracts/types/AccountabilityPolicy.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";

/// @dev The desk lends up to a risk of 0.25.
contract LendingDeskTest is ConsumerTest {
    uint32 private constant QUARTER = 0x3e800000;
    uint128 private constant AMOUNT = 5e18;

    address private immutable _borrower = address(0x7007);
    address private immutable _officer = address(0x8008);

    Callbacks private _callbacks;
    LendingDesk private _desk;

    function setUp() public override {
        super.setUp();
        _callbacks = new Callbacks(onus);
        AccountabilityPolicy memory policy = _policy();
        (policy.minStake, policy.requireNoThaw) = (uint128(STAKE), true);
        _desk = new LendingDesk(_callbacks, token, _officer, QUARTER, policy);
        token.mint(address(_desk), 100e18);
    }

    function test_borrow_paysALoanOfLowRisk() public {
        Receipt memory receipt = _scored(QUARTER);
        vm.expectEmit(address(_desk));
        emit LendingDesk.LoanPaid(receipt.requestId, _borrower, AMOUNT, QUARTER);
        _borrow(receipt, QUARTER);
        assertEq(token.balanceOf(_borrower), AMOUNT, "borrowed");
        assertTrue(_desk.loanOf(receipt.requestId).paid, "paid");
    }

    /// @dev Zeros of both signs, the smallest number, a negative one.
    function test_borrow_ordersNumbersAsTheyAre() public {
        uint32[5] memory low = [uint32(0), 0x80000000, 1, 0x3e7fffff, 0xbf800000];
        for (uint256 i; i < low.length; ++i) _borrow(_scored(low[i]), low[i]);
        assertEq(token.balanceOf(_borrower), 5 * AMOUNT, "borrowed");
    }

    function test_borrow_refusesARiskOneBitAboveTheLimit() public {
        _refusesRisk(QUARTER + 1);
        _refusesRisk(0x3f800000);
        _refusesRisk(0x7f7fffff);
    }

    function testFuzz_borrow_refusesWhatIsNoNumber(uint32 bits) public {
        bits |= 0x7f800000;
        Receipt memory receipt = _scored(bits);
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.RiskNotANumber.selector, receipt.requestId));
        _borrow(receipt, bits);
    }

    function test_borrow_refusesOtherBytesThanTheAnswer() public {
        Receipt memory receipt = _scored(QUARTER);
        bytes32 given = _root(_bytes(1));
        vm.expectRevert(
            abi.encodeWithSelector(Output.OutputMismatch.selector, receipt.outputCommitment, given)
        );
        _borrow(receipt, 1);
    }

    function test_borrow_refusesAnAnswerOfMoreThanOneNumber() public {
        bytes memory two = bytes.concat(_bytes(0), _bytes(0x7fc00000));
        Receipt memory receipt = _offered();
        receipt.outputCommitment = _root(two);
        _attest(receipt);
        _passWindow();
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.RiskNotANumber.selector, receipt.requestId));
        vm.prank(_borrower);
        _desk.borrow(receipt, _direct(), two);
    }

    function test_borrow_refusesAnAnswerBelowThePolicy() public {
        Receipt memory receipt = _offered();
        receipt.outputCommitment = _root(_bytes(QUARTER));
        _expectRefusal(receipt, Clause.Collateral, "Collateral");
        _borrow(receipt, QUARTER);
        _attest(receipt);
        _expectRefusal(receipt, Clause.Assurance, "Assurance");
        _borrow(receipt, QUARTER);
        _passWindow();
        _borrow(receipt, QUARTER);
    }

    function test_borrow_refusesTheAnswerOfAProviderThatLeaves() public {
        _stake(provider, 1e18);
        Receipt memory receipt = _scored(QUARTER);
        vm.prank(provider);
        onus.startThaw(1e18);
        _expectRefusal(receipt, Clause.Thaw, "Thaw");
        _borrow(receipt, QUARTER);
    }

    function test_borrow_refusesEverybodyButTheBorrower() public {
        Receipt memory receipt = _scored(QUARTER);
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.SenderNotBorrower.selector, address(this)));
        _desk.borrow(receipt, _direct(), _bytes(QUARTER));
        receipt.requestId = "never offered";
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.SenderNotBorrower.selector, _borrower));
        _borrow(receipt, QUARTER);
    }

    function test_borrow_refusesASecondLoanOnOneAnswer() public {
        Receipt memory receipt = _scored(QUARTER);
        _borrow(receipt, QUARTER);
        vm.expectPartialRevert(AccountableConsumer.RequestUsed.selector);
        _borrow(receipt, QUARTER);
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.LoanExists.selector, receipt.requestId));
        _offer(receipt);
    }

    function test_offer_keepsWhatIsLentToWhom() public {
        vm.expectEmit(address(_desk));
        emit LendingDesk.LoanOffered("request", _borrower, AMOUNT);
        vm.prank(_officer);
        _desk.offer("request", _borrower, AMOUNT, "data");
        LendingDesk.Loan memory expected = LendingDesk.Loan(_borrower, false, false, AMOUNT, "data");
        assertEq(keccak256(abi.encode(_desk.loanOf("request"))), keccak256(abi.encode(expected)), "loan");
    }

    function test_offer_refusesALoanToNobody() public {
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.LoanInvalid.selector, "borrower"));
        vm.prank(_officer);
        _desk.offer("request", address(0), AMOUNT, "data");
    }

    function test_offer_refusesEverybodyButTheOfficer() public {
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.SenderNotOfficer.selector, address(this)));
        _desk.offer("request", _borrower, AMOUNT, "data");
    }

    function test_constructor_refusesALimitThatIsNoNumber() public {
        AccountabilityPolicy memory policy;
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.LoanInvalid.selector, "maxRisk"));
        new LendingDesk(_callbacks, token, _officer, 0x7fc00000, policy);
    }

    /// @dev After the window only signatures are evidence: the desk hears of them by a callback.
    function test_onConvicted_recallsTheLoanThatItWasPaidOn() public {
        Receipt memory receipt = _scored(QUARTER);
        Receipt memory other = _scored(QUARTER);
        _borrow(receipt, QUARTER);
        _convictSigned(receipt);
        vm.expectEmit(address(_desk));
        emit LendingDesk.LoanRecalled(receipt.requestId, onus.receiptIdOf(receipt));
        _callbacks.deliver(receipt, _direct());
        assertTrue(_desk.loanOf(receipt.requestId).recalled, "recalled");
        assertFalse(_desk.loanOf(other.requestId).recalled, "the other one");
    }

    function test_onConvicted_ignoresAnswersThatWereNotUsed() public {
        Receipt memory receipt = _offered();
        Receipt memory rival = _rival(receipt);
        _attest(receipt);
        _attest(rival);
        _convictDirect(rival);
        _callbacks.deliver(rival, _direct());
        assertFalse(_desk.loanOf(receipt.requestId).recalled, "recalled");
    }

    function test_restitution_isTheDesks() public {
        Receipt memory receipt = _offered();
        _attest(receipt);
        _convictDirect(receipt);
        vm.warp(START + ESCROW + 1);
        onus.claimRestitution(receipt);
        assertEq(token.balanceOf(address(_desk)), 100e18 + COVERAGE, "the desk's tokens");
    }

    function _refusesRisk(uint32 bits) private {
        Receipt memory receipt = _scored(bits);
        vm.expectRevert(abi.encodeWithSelector(LendingDesk.RiskTooHigh.selector, bits, QUARTER));
        _borrow(receipt, bits);
        assertEq(token.balanceOf(_borrower), 0, "borrowed");
    }

    /// @dev A final answer to a loan that was offered.
    function _scored(uint32 bits) private returns (Receipt memory receipt) {
        receipt = _offered();
        receipt.outputCommitment = _root(_bytes(bits));
        _attest(receipt);
        _passWindow();
    }

    function _offered() private returns (Receipt memory receipt) {
        receipt = _receiptFor(address(_desk));
        _offer(receipt);
    }

    function _offer(Receipt memory receipt) private {
        vm.prank(_officer);
        _desk.offer(receipt.requestId, _borrower, AMOUNT, receipt.inputCommitment);
    }

    function _borrow(Receipt memory receipt, uint32 bits) private {
        vm.prank(_borrower);
        _desk.borrow(receipt, _direct(), _bytes(bits));
    }

    /// @dev Little-endian.
    function _bytes(uint32 bits) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(bits), uint8(bits >> 8), uint8(bits >> 16), uint8(bits >> 24));
    }
}
