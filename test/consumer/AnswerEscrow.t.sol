// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {AnswerEscrow} from "../../contracts/consumer/examples/AnswerEscrow.sol";
import {AccountabilityPolicy, Assurance, Clause} from "../../contracts/types/AccountabilityPolicy.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";
import {Greedy} from "../helpers/Greedy.sol";

/// @dev The buyer is `consumer`, who is owed restitution and pays with wei.
contract AnswerEscrowTest is ConsumerTest {
    uint256 private constant PRICE = 1 ether;
    uint64 private constant DEADLINE = uint64(START + 12 hours);

    AnswerEscrow private _escrow;

    function setUp() public override {
        super.setUp();
        AccountabilityPolicy memory policy = _policy();
        // It asks for final answers whatever the policy says.
        policy.assurance = Assurance.Anchored;
        _escrow = new AnswerEscrow(onus, policy);
        _fund(consumer);
    }

    function test_release_paysTheProviderForAFinalAnswer() public {
        Receipt memory receipt = _ordered();
        _attest(receipt);
        _passWindow();
        vm.expectEmit(address(_escrow));
        emit AnswerEscrow.Released(consumer, receipt.requestId, provider, PRICE);
        _escrow.release(receipt, _direct());
        assertTrue(_escrow.orderOf(consumer, receipt.requestId).closed, "closed");
        assertEq(_escrow.credit(provider), PRICE, "credit");
        uint256 before = provider.balance;
        _escrow.withdraw(payable(provider));
        assertEq(provider.balance - before, PRICE, "paid");
        assertEq(address(_escrow).balance, 0, "left");
    }

    function test_release_refusesAnAnswerThatCanBeChallenged() public {
        Receipt memory receipt = _ordered();
        _attest(receipt);
        _refuses(receipt, Clause.Assurance, "Assurance");
    }

    function test_release_refusesAnAnswerThatNobodyIsAccountableFor() public {
        _refuses(_ordered(), Clause.Collateral, "Collateral");
    }

    function test_release_refusesAnAnswerInADispute() public {
        Receipt memory receipt = _ordered();
        _attest(receipt);
        judge.detain(receipt, _direct(), block.timestamp + 6 hours);
        _passWindow();
        _refuses(receipt, Clause.Assurance, "Assurance");
        vm.warp(START + 6 hours + 1);
        _escrow.release(receipt, _direct());
    }

    function test_release_refusesAConvictedAnswerAndTheBuyerIsPaidTwice() public {
        Receipt memory receipt = _ordered();
        _attest(receipt);
        _convictDirect(receipt);
        _passWindow();
        _refuses(receipt, Clause.NotConvicted, "NotConvicted");
        vm.warp(START + ESCROW + 12 hours);
        onus.claimRestitution(receipt);
        assertEq(token.balanceOf(consumer), COVERAGE, "restitution");
        _refunds(receipt);
    }

    function test_release_refusesAnAnswerBelowThePolicyOfTheEscrow() public {
        AccountabilityPolicy memory policy = _policy();
        policy.minCoverage = COVERAGE + 1;
        _escrow = new AnswerEscrow(onus, policy);
        Receipt memory receipt = _ordered();
        _attest(receipt);
        _passWindow();
        _refuses(receipt, Clause.Coverage, "Coverage");
    }

    function test_order_refusesAPriceThatIsMoreThanItCanKeep() public {
        uint256 price = uint256(type(uint128).max) + 1;
        vm.deal(consumer, price);
        vm.expectRevert(abi.encodeWithSelector(AnswerEscrow.OrderInvalid.selector, "price"));
        vm.prank(consumer);
        _escrow.order{value: price}("request", "q", provider, DEADLINE);
    }

    function test_release_refusesTheAnswerToAnotherQuestion() public {
        Receipt memory receipt = _ordered();
        receipt.inputCommitment = "another";
        _attest(receipt);
        _passWindow();
        _refuses(receipt, Clause.Input, "Input");
    }

    function test_release_refusesAnAnswerOfSomebodyElse() public {
        Receipt memory receipt = _ordered();
        receipt.provider = stranger;
        vm.expectRevert(abi.encodeWithSelector(AnswerEscrow.ProviderMismatch.selector, provider, stranger));
        _escrow.release(receipt, _direct());
    }

    function test_release_refusesWhatNobodyOrdered() public {
        Receipt memory receipt = _ordered();
        receipt.consumer = stranger;
        vm.expectRevert(
            abi.encodeWithSelector(AnswerEscrow.OrderUnknown.selector, stranger, receipt.requestId)
        );
        _escrow.release(receipt, _direct());
    }

    function test_release_paysOnce() public {
        Receipt memory receipt = _ordered();
        _attest(receipt);
        _passWindow();
        _escrow.release(receipt, _direct());
        bytes memory closed = _closed(receipt);
        vm.expectRevert(closed);
        _escrow.release(receipt, _direct());
        vm.warp(DEADLINE + 1);
        vm.expectRevert(closed);
        _escrow.refund(consumer, receipt.requestId);
        vm.prank(consumer);
        vm.expectRevert(
            abi.encodeWithSelector(AnswerEscrow.OrderExists.selector, consumer, receipt.requestId)
        );
        _escrow.order{value: PRICE}(receipt.requestId, "q", provider, DEADLINE + 1 days);
    }

    function test_deadline_belongsToTheProviderAndWhatFollowsToTheBuyer() public {
        Receipt memory receipt = _ordered();
        Receipt memory late = _ordered();
        _attest(receipt);
        _attest(late);
        vm.roll(block.number + WINDOW_BLOCKS);
        vm.warp(DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(AnswerEscrow.DeadlineAhead.selector, DEADLINE));
        _escrow.refund(consumer, receipt.requestId);
        _escrow.release(receipt, _direct());
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(AnswerEscrow.DeadlinePast.selector, DEADLINE));
        _escrow.release(late, _direct());
        _refunds(late);
        vm.expectRevert(_closed(late));
        _escrow.refund(consumer, late.requestId);
    }

    function test_order_keepsWhatWasAgreed() public {
        vm.expectEmit(address(_escrow));
        AnswerEscrow.Order memory expected = AnswerEscrow.Order(provider, DEADLINE, false, 1 ether, "q");
        emit AnswerEscrow.Ordered(consumer, "request", expected);
        _order("request", "q");
        bytes32 kept = keccak256(abi.encode(_escrow.orderOf(consumer, "request")));
        assertEq(kept, keccak256(abi.encode(expected)), "order");
    }

    function test_order_refusesNoQuestionAndNoTime() public {
        vm.expectRevert(abi.encodeWithSelector(AnswerEscrow.OrderInvalid.selector, "question"));
        _order("request", 0);
        vm.expectRevert(abi.encodeWithSelector(AnswerEscrow.OrderInvalid.selector, "deadline"));
        vm.prank(consumer);
        _escrow.order("request", "q", provider, uint64(START));
    }

    /// @dev Two buyers may choose the same request id.
    function test_order_isOneOfItsBuyer() public {
        Receipt memory receipt = _ordered();
        _fund(stranger);
        vm.prank(stranger);
        _escrow.order{value: PRICE}(receipt.requestId, receipt.inputCommitment, provider, DEADLINE);
        _attest(receipt);
        _passWindow();
        _escrow.release(receipt, _direct());
        assertFalse(_escrow.orderOf(stranger, receipt.requestId).closed, "closed for the other buyer");
    }

    function test_withdraw_paysOnceHoweverOftenItIsEntered() public {
        Greedy greedy = new Greedy(address(_escrow));
        greedy.arm(abi.encodeCall(AnswerEscrow.withdraw, (payable(address(greedy)))));
        _buyFor(greedy);
        _order("another", "q");
        vm.warp(DEADLINE + 1);
        _escrow.refund(address(greedy), "greedy");
        _escrow.withdraw(payable(address(greedy)));
        assertEq(greedy.paid(), PRICE, "paid");
        assertEq(greedy.refused(), AnswerEscrow.CreditEmpty.selector, "refused");
        assertEq(address(_escrow).balance, PRICE, "the other order's price");
    }

    function test_withdraw_byWhoRefusesWeiBlocksNobodyElse() public {
        // This contract takes no wei.
        _escrow.order{value: PRICE}("request", "q", provider, DEADLINE);
        Receipt memory receipt = _ordered();
        vm.warp(DEADLINE + 1);
        _escrow.refund(address(this), "request");
        vm.expectRevert(Errors.FailedCall.selector);
        _escrow.withdraw(payable(address(this)));
        assertEq(_escrow.credit(address(this)), PRICE, "credit");
        _refunds(receipt);
    }

    function _fund(address buyer) private {
        (bool success, ) = buyer.call{value: 10 * PRICE}("");
        assertTrue(success, "funded");
    }

    /// @dev The receipt that answers what the buyer has ordered.
    function _ordered() private returns (Receipt memory receipt) {
        receipt = _receipt(COVERAGE);
        _order(receipt.requestId, receipt.inputCommitment);
    }

    function _order(bytes32 requestId, bytes32 question) private {
        vm.prank(consumer);
        _escrow.order{value: PRICE}(requestId, question, provider, DEADLINE);
    }

    /// @dev As a contract that passes on what came along, and calls itself.
    function _buyFor(Greedy buyer) private {
        buyer.act{value: PRICE}(abi.encodeCall(AnswerEscrow.order, ("greedy", "q", provider, DEADLINE)));
    }

    function _refunds(Receipt memory receipt) private {
        vm.expectEmit(address(_escrow));
        emit AnswerEscrow.Refunded(consumer, receipt.requestId, PRICE);
        _escrow.refund(consumer, receipt.requestId);
        uint256 before = consumer.balance;
        _escrow.withdraw(payable(consumer));
        assertEq(consumer.balance - before, PRICE, "refund");
    }

    function _refuses(Receipt memory receipt, Clause clause, string memory name) private {
        _expectRefusal(receipt, clause, name);
        _escrow.release(receipt, _direct());
        assertEq(_escrow.credit(provider), 0, "credit");
    }

    function _closed(Receipt memory receipt) private view returns (bytes memory) {
        return abi.encodeWithSelector(AnswerEscrow.OrderClosed.selector, consumer, receipt.requestId);
    }
}
