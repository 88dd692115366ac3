// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {CallbackReceiver} from "../../contracts/consumer/CallbackReceiver.sol";
import {Callbacks} from "../../contracts/consumer/Callbacks.sol";
import {IAccountabilityCallback} from "../../contracts/interfaces/IAccountabilityCallback.sol";
import {ICallbacks} from "../../contracts/interfaces/ICallbacks.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {MockOnus} from "../../contracts/mocks/MockOnus.sol";
import {Batch, Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";
import {Devious, Diary, Gone, Misfit} from "../helpers/Recipients.sol";

contract CallbacksTest is ConsumerTest {
    Callbacks private _callbacks;
    Diary private _diary;
    Devious private _devious;
    address private _gone;

    function setUp() public override {
        super.setUp();
        _callbacks = new Callbacks(onus);
        _diary = new Diary(_callbacks);
        _devious = new Devious(_callbacks);
        // What is destroyed is gone after the transaction, which is this one.
        _gone = new Gone().last();
    }

    // what is delivered when

    function test_deliver_tellsOfADispute() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _dispute(receipt);
        _delivers(receipt, ICallbacks.Kind.Disputed);
        _refusesAgain(receipt, ICallbacks.Kind.Disputed);
    }

    function test_deliver_tellsOfAConviction() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _convictDirect(receipt);
        _delivers(receipt, ICallbacks.Kind.Convicted);
        assertEq(_diary.faults(), 1 << 8, "faults");
        _refusesAgain(receipt, ICallbacks.Kind.Convicted);
    }

    function test_deliver_tellsThatAnAnswerIsFinal() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _passWindow();
        _delivers(receipt, ICallbacks.Kind.Final);
        _refusesAgain(receipt, ICallbacks.Kind.Final);
    }

    function test_deliver_tellsOfAReceiptInABatch() public {
        Receipt memory receipt = _receiptFor(address(_diary));
        Inclusion memory inclusion = _batched(receipt);
        _refusesNothing(receipt, inclusion);
        judge.detain(receipt, inclusion, block.timestamp + 1 days);
        _deliver(receipt, inclusion, ICallbacks.Kind.Disputed, ICallbacks.Outcome.Delivered);
        _passDispute();
        _deliver(receipt, inclusion, ICallbacks.Kind.Final, ICallbacks.Outcome.Delivered);
    }

    function test_deliver_tellsNothingOfAnAnswerThatIsOpen() public {
        _refusesNothing(_answerTo(address(_diary)), _direct());
    }

    function test_deliver_refusesWhatWasNeverAnchored() public {
        Receipt memory receipt = _receiptFor(address(_diary));
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(receipt)));
        _callbacks.deliver(receipt, _direct());
    }

    /// @dev Whoever makes one up for a convicted request cannot have it believed.
    function test_deliver_refusesAMadeUpReceiptOfAConvictedRequest() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _convictDirect(receipt);
        Receipt memory rival = _rival(receipt);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(rival)));
        _callbacks.deliver(rival, _direct());
    }

    function test_deliver_refusesABatchThatIsOpenForLessThanPromised() public {
        Receipt memory receipt = _receiptFor(address(_diary));
        receipt.challengeWindow = 2 * WINDOW;
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = receipt;
        Batch memory batch = _batchOf(receipts);
        batch.window = WINDOW;
        _anchor(batch);
        Inclusion memory inclusion = _inclusion(receipts, 0);
        inclusion.batch = batch;
        _passWindow();
        vm.expectRevert(abi.encodeWithSelector(ICallbacks.PlaceInvalid.selector, onus.receiptIdOf(receipt)));
        _callbacks.deliver(receipt, inclusion);
    }

    function test_deliver_refusesABatchThatCameTooLate() public {
        Receipt memory receipt = _receiptFor(address(_diary));
        vm.warp(receipt.anchorBy + 1);
        Inclusion memory inclusion = _batched(receipt);
        judge.detain(receipt, inclusion, block.timestamp + 1 days);
        vm.expectRevert(abi.encodeWithSelector(ICallbacks.PlaceInvalid.selector, onus.receiptIdOf(receipt)));
        _callbacks.deliver(receipt, inclusion);
    }

    /// @dev It rides on the collateral of others, so that it is final means nothing; a proven fault means all the same.
    function test_deliver_refusesTheEndOfAnAnswerWithoutCoverage() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(COVERAGE), _receiptFor(address(_diary)));
        receipts[1].coverage = 0;
        _anchor(_batchOf(receipts));
        _passWindow();
        Inclusion memory inclusion = _inclusion(receipts, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICallbacks.PlaceInvalid.selector, onus.receiptIdOf(receipts[1]))
        );
        _callbacks.deliver(receipts[1], inclusion);
        _convictSigned(receipts[1]);
        _deliver(receipts[1], inclusion, ICallbacks.Kind.Convicted, ICallbacks.Outcome.Delivered);
    }

    // order

    function test_deliver_goesThroughAWholeDispute() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _dispute(receipt);
        _delivers(receipt, ICallbacks.Kind.Disputed);
        _convictDirect(receipt);
        _delivers(receipt, ICallbacks.Kind.Convicted);
        _passDispute();
        _refusesAgain(receipt, ICallbacks.Kind.Convicted);
        assertEq(_diary.entries(), 2, "entries");
    }

    function test_deliver_tellsNothingOfADisputeThatIsOver() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _dispute(receipt);
        _passDispute();
        _delivers(receipt, ICallbacks.Kind.Final);
    }

    function test_deliver_tellsNothingOfADisputeAfterTheConviction() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _dispute(receipt);
        _convictDirect(receipt);
        _delivers(receipt, ICallbacks.Kind.Convicted);
        _refusesAgain(receipt, ICallbacks.Kind.Convicted);
    }

    /// @dev Its bond is free, but two signatures stay evidence.
    function test_deliver_tellsOfAnEquivocationAfterTheEnd() public {
        Receipt memory receipt = _answerTo(address(_diary));
        _passWindow();
        _delivers(receipt, ICallbacks.Kind.Final);
        _convictSigned(receipt);
        _delivers(receipt, ICallbacks.Kind.Convicted);
        _refusesAgain(receipt, ICallbacks.Kind.Convicted);
    }

    /// @dev A provider may anchor twice. Who was told that it is final is not told of a dispute elsewhere.
    function test_deliver_tellsNothingOfADisputeElsewhereAfterTheEnd() public {
        Receipt memory receipt = _answerTo(address(_diary));
        vm.warp(START + 1);
        Inclusion memory inclusion = _batched(receipt);
        judge.detain(receipt, inclusion, block.timestamp + 2 days);
        _passWindow();
        _delivers(receipt, ICallbacks.Kind.Final);
        _refusesNothing(receipt, inclusion);
    }

    // signed only

    function test_deliverSigned_tellsOfAConvictionWithoutCollateral() public {
        Receipt memory receipt = _receiptFor(address(_diary));
        bytes memory signature = _sign(KEY, receipt);
        ReceiptId id = onus.receiptIdOf(receipt);
        vm.expectRevert(abi.encodeWithSelector(ICallbacks.NothingToDeliver.selector, id));
        _callbacks.deliverSigned(receipt, signature);
        _convictSigned(receipt);
        vm.expectEmit(address(_callbacks));
        emit ICallbacks.CallbackDelivered(id, ICallbacks.Kind.Convicted, address(_diary));
        _callbacks.deliverSigned(receipt, signature);
        assertEq(_diary.faults(), 1, "faults");
        vm.expectRevert(
            abi.encodeWithSelector(ICallbacks.AlreadyDelivered.selector, id, ICallbacks.Kind.Convicted)
        );
        _callbacks.deliverSigned(receipt, signature);
    }

    function test_deliverSigned_refusesWhatTheProviderDidNotSign() public {
        Receipt memory receipt = _receiptFor(address(_diary));
        _convictSigned(receipt);
        Receipt memory rival = _rival(_rival(receipt));
        bytes memory signature = _sign(0xBAD, rival);
        vm.expectPartialRevert(IReceipts.SignatureInvalid.selector);
        _callbacks.deliverSigned(rival, signature);
    }

    // recipients

    function test_deliver_skipsWhoIsNoContract() public {
        _skips(stranger, ICallbacks.RecipientNotContract.selector);
        _skips(address(0), ICallbacks.RecipientNotContract.selector);
        _skips(address(2), ICallbacks.RecipientNotContract.selector);
    }

    function test_deliver_skipsWhoDoesNotAskForIt() public {
        _skips(address(token), ICallbacks.InterfaceUnsupported.selector);
        _skips(address(onus), ICallbacks.InterfaceUnsupported.selector);
        _skips(address(_callbacks), ICallbacks.InterfaceUnsupported.selector);
    }

    /// @dev It answers every question with yes, loops in it, or returns a mebibyte: it is skipped at a bounded price.
    function test_deliver_skipsWhoDoesNotAnswerTheQuestion() public {
        for (uint256 i; i < 3; ++i) {
            _skips(address(new Misfit(Misfit.Kind(i))), ICallbacks.InterfaceUnsupported.selector);
        }
    }

    /// @dev It can be destroyed in the transaction that creates it only, so there is nobody when it is called.
    function test_deliver_skipsWhoHasDestroyedItself() public {
        _skips(_gone, ICallbacks.RecipientNotContract.selector);
    }

    function test_deliver_canBeTriedAgainWhenThereIsAContract() public {
        bytes32 salt = "later";
        bytes memory code = abi.encodePacked(type(Diary).creationCode, abi.encode(_callbacks));
        bytes32 hash = keccak256(abi.encodePacked(hex"ff", address(this), salt, keccak256(code)));
        Receipt memory receipt = _answerTo(address(uint160(uint256(hash))));
        _passWindow();
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Skipped);
        Diary later = new Diary{salt: salt}(_callbacks);
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Delivered);
        assertEq(later.entries(), 1, "entries");
    }

    // hostile recipients

    function test_deliver_survivesARecipientThatReverts() public {
        Receipt memory receipt = _finalFor(Devious.Trick.Revert);
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Failed);
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Failed);
        _devious.set(Devious.Trick.None);
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Delivered);
        _refusesAgain(receipt, ICallbacks.Kind.Final);
    }

    function test_deliver_paysABoundedPriceToARecipientThatBurnsGas() public {
        _costsAtMost(Devious.Trick.Burn, ICallbacks.Outcome.Failed, 420_000);
    }

    /// @dev A mebibyte that was copied would cost millions.
    function test_deliver_copiesNothingThatIsReturned() public {
        _costsAtMost(Devious.Trick.ReturnBomb, ICallbacks.Outcome.Delivered, 420_000);
        _costsAtMost(Devious.Trick.RevertBomb, ICallbacks.Outcome.Failed, 420_000);
    }

    function test_deliver_isNotEnteredAgain() public {
        Receipt memory receipt = _finalFor(Devious.Trick.Reenter);
        _devious.arm(abi.encodeCall(Callbacks.deliver, (receipt, _direct())));
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Delivered);
        assertEq(_devious.refused(), ICallbacks.AlreadyDelivered.selector, "refused as delivered");
    }

    /// @dev What a recipient is given does not suffice for a delivery of its own.
    function test_deliver_ofAnotherReceiptInsideIsRefused() public {
        Receipt memory receipt = _finalFor(Devious.Trick.Reenter);
        Receipt memory other = _answerTo(address(_diary));
        _passWindow();
        _devious.arm(abi.encodeCall(Callbacks.deliver, (other, _direct())));
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Delivered);
        assertEq(_devious.refused(), ICallbacks.GasTooLow.selector, "refused for gas");
        assertEq(_diary.entries(), 0, "entries");
    }

    // gas

    /// @dev With whatever gas, and however much goes into the questions before the call: the recipient gets all that it
    /// was promised, or is not called.
    function testFuzz_deliver_cannotBeStarved(uint256 gas, bool slow) public {
        Receipt memory receipt = _finalFor(Devious.Trick.CountGas);
        _devious.setSlow(slow);
        gas = bound(gas, 50_000, 600_000);
        try _callbacks.deliver{gas: gas}(receipt, _direct()) returns (
            ICallbacks.Kind,
            ICallbacks.Outcome outcome
        ) {
            assertEq(uint256(outcome), uint256(ICallbacks.Outcome.Delivered), "outcome");
            assertLt(199_000, _devious.gasSeen(), "gas seen");
        } catch {
            assertEq(_devious.gasSeen(), 0, "gas seen");
            assertEq(_outcome(receipt, ICallbacks.Kind.Final), 0, "outcome");
        }
    }

    /// @dev The least gas that is taken suffices, though the recipient wastes all it can.
    function test_deliver_hasEnoughLeftToRememberTheWorst() public {
        Receipt memory receipt = _finalFor(Devious.Trick.Burn);
        _devious.setSlow(true);
        uint256 low = 100_000;
        uint256 high = 1_000_000;
        while (high - low > 1) {
            uint256 gas = (low + high) / 2;
            (bool enough, ICallbacks.Outcome outcome) = _probe(receipt, gas);
            if (enough) assertEq(uint256(outcome), uint256(ICallbacks.Outcome.Failed), "outcome");
            if (enough) high = gas;
            else low = gas;
        }
        (bool taken, ) = _probe(receipt, high);
        assertTrue(taken, "taken");
        assertLe(high, _callbacks.gasNeeded() + 60_000, "gas beside what is needed");
    }

    /// @dev Delivers and undoes it.
    function _probe(Receipt memory receipt, uint256 gas) private returns (bool, ICallbacks.Outcome outcome) {
        try this.tryWith(receipt, gas) {
            return (false, outcome);
        } catch (bytes memory result) {
            if (bytes4(result) != Tried.selector) return (false, outcome);
            return (true, ICallbacks.Outcome(uint8(result[35])));
        }
    }

    error Tried(ICallbacks.Outcome outcome);

    function tryWith(Receipt calldata receipt, uint256 gas) external {
        (, ICallbacks.Outcome outcome) = _callbacks.deliver{gas: gas}(receipt, _direct());
        revert Tried(outcome);
    }

    /// @dev 200,000 and what stays with the caller of it, and 160,000 for everything else.
    function test_gasNeeded_isForTheCallAndWhatIsAroundIt() public view {
        assertEq(_callbacks.gasNeeded(), uint256(200_000 * 64) / 63 + 160_000, "gas needed");
    }

    function test_deliver_saysHowMuchGasIsMissing() public {
        Receipt memory receipt = _finalFor(Devious.Trick.None);
        vm.expectPartialRevert(ICallbacks.GasTooLow.selector);
        _callbacks.deliver{gas: 200_000}(receipt, _direct());
    }

    // who is believed

    function test_receiver_refusesEverybodyElse() public {
        Receipt memory receipt = _answerTo(address(_diary));
        ReceiptId id = onus.receiptIdOf(receipt);
        bytes memory refusal = abi.encodeWithSelector(
            CallbackReceiver.SenderNotCallbacks.selector,
            address(this)
        );
        vm.expectRevert(refusal);
        _diary.onDisputed(id, receipt);
        vm.expectRevert(refusal);
        _diary.onConvicted(id, receipt, 1);
        vm.expectRevert(refusal);
        _diary.onFinal(id, receipt);
    }

    /// @dev A deliverer that asks a registry of its own says what it likes, to nobody.
    function test_receiver_refusesADelivererWithAnotherRegistry() public {
        MockOnus registry = new MockOnus();
        Receipt memory receipt = _receiptFor(address(_diary));
        registry.mockConvicted(receipt);
        (, ICallbacks.Outcome outcome) = new Callbacks(registry.onus()).deliver(receipt, _direct());
        assertEq(uint256(outcome), uint256(ICallbacks.Outcome.Failed), "outcome");
        assertEq(_diary.entries(), 0, "entries");
    }

    function test_supportsInterface_namesWhatIsThere() public view {
        assertTrue(_callbacks.supportsInterface(type(ICallbacks).interfaceId), "callbacks");
        assertTrue(_callbacks.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        assertFalse(_callbacks.supportsInterface(type(IAccountabilityCallback).interfaceId), "not called");
        assertTrue(_diary.supportsInterface(type(IAccountabilityCallback).interfaceId), "receiver");
        assertTrue(_diary.supportsInterface(type(IERC165).interfaceId), "receiver's ERC-165");
    }

    function _delivers(Receipt memory receipt, ICallbacks.Kind kind) private {
        _deliver(receipt, _direct(), kind, ICallbacks.Outcome.Delivered);
        assertEq(_diary.lastId(), _idOf(receipt), "the receipt that was told of");
        assertEq(uint256(_diary.lastKind()), uint256(kind), "what was told");
    }

    /// @dev Checks what is returned, kept and emitted.
    function _deliver(
        Receipt memory receipt,
        Inclusion memory inclusion,
        ICallbacks.Kind kind,
        ICallbacks.Outcome expected
    ) private {
        ReceiptId id = onus.receiptIdOf(receipt);
        if (expected != ICallbacks.Outcome.Skipped) vm.expectEmit(address(_callbacks));
        if (expected == ICallbacks.Outcome.Delivered)
            emit ICallbacks.CallbackDelivered(id, kind, receipt.consumer);
        if (expected == ICallbacks.Outcome.Failed) emit ICallbacks.CallbackFailed(id, kind, receipt.consumer);
        (ICallbacks.Kind actualKind, ICallbacks.Outcome outcome) = _callbacks.deliver(receipt, inclusion);
        assertEq(uint256(actualKind), uint256(kind), "kind");
        assertEq(uint256(outcome), uint256(expected), "outcome");
        assertEq(_outcome(receipt, kind), uint256(expected), "outcome kept");
    }

    function _skips(address recipient, bytes4 reason) private {
        Receipt memory receipt = _answerTo(recipient);
        _passWindow();
        vm.expectEmit(address(_callbacks));
        ReceiptId id = onus.receiptIdOf(receipt);
        emit ICallbacks.CallbackSkipped(id, ICallbacks.Kind.Final, recipient, reason);
        _deliver(receipt, _direct(), ICallbacks.Kind.Final, ICallbacks.Outcome.Skipped);
    }

    function _refusesNothing(Receipt memory receipt, Inclusion memory inclusion) private {
        ReceiptId id = onus.receiptIdOf(receipt);
        vm.expectRevert(abi.encodeWithSelector(ICallbacks.NothingToDeliver.selector, id));
        _callbacks.deliver(receipt, inclusion);
    }

    function _refusesAgain(Receipt memory receipt, ICallbacks.Kind kind) private {
        ReceiptId id = onus.receiptIdOf(receipt);
        vm.expectRevert(abi.encodeWithSelector(ICallbacks.AlreadyDelivered.selector, id, kind));
        _callbacks.deliver(receipt, _direct());
    }

    /// @dev A final answer to a recipient that is up to something.
    function _finalFor(Devious.Trick trick) private returns (Receipt memory receipt) {
        _devious.set(trick);
        receipt = _answerTo(address(_devious));
        _passWindow();
    }

    function _costsAtMost(Devious.Trick trick, ICallbacks.Outcome outcome, uint256 most) private {
        Receipt memory receipt = _finalFor(trick);
        _devious.setSlow(true);
        uint256 before = gasleft();
        _callbacks.deliver(receipt, _direct());
        assertLe(before - gasleft(), most, "gas");
        assertEq(_outcome(receipt, ICallbacks.Kind.Final), uint256(outcome), "outcome");
    }

    function _outcome(Receipt memory receipt, ICallbacks.Kind kind) private view returns (uint256) {
        return uint256(_callbacks.outcomeOf(onus.receiptIdOf(receipt), kind));
    }
}
