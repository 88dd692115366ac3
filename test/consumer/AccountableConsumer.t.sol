// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "../../contracts/consumer/AccountableConsumer.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {AccountabilityPolicy, Assurance, Clause, Facts} from "../../contracts/types/AccountabilityPolicy.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {ConsumerTest} from "../helpers/ConsumerTest.sol";

contract AccountableConsumerTest is ConsumerTest {
    Client private _client;

    function setUp() public override {
        super.setUp();
        AccountabilityPolicy memory policy = _policy();
        policy.assurance = Assurance.Anchored;
        _client = new Client(onus, policy);
    }

    // requireFinal

    function test_requireFinal_asksForMoreThanThePolicy() public {
        Receipt memory receipt = _answerTo(address(_client));
        assertEq(_unmet(receipt), 0, "the policy accepts an open answer");
        _expectRefusal(receipt, Clause.Assurance, "Assurance");
        _requireFinal(receipt, 0);
        _passWindow();
        _requireFinal(receipt, 0);
    }

    function test_requireFinal_takesTheLowerOfBothAges() public {
        Receipt memory receipt = _answerTo(address(_client));
        _passWindow();
        vm.warp(START + 2 hours);
        _requireFinal(receipt, 2 hours);
        _expectRefusal(receipt, Clause.Age, "Age");
        _requireFinal(receipt, 2 hours - 1);
        vm.warp(START + 1 days);
        _requireFinal(receipt, 0);
        vm.warp(START + 1 days + 1);
        _expectRefusal(receipt, Clause.Age, "Age");
        _requireFinal(receipt, 0);
        _expectRefusal(receipt, Clause.Age, "Age");
        _requireFinal(receipt, 2 days);
    }

    function test_requireFinal_takesItsOwnAgeWhenThePolicyHasNone() public {
        AccountabilityPolicy memory none;
        _client = new Client(onus, none);
        Receipt memory receipt = _answerTo(address(_client));
        vm.roll(block.number + WINDOW_BLOCKS);
        vm.warp(START + 1 days);
        _requireFinal(receipt, 0);
        _requireFinal(receipt, 1 days);
        _expectRefusal(receipt, Clause.Age, "Age");
        _requireFinal(receipt, 1 days - 1);
    }

    function test_requireFinal_refusesWhatWasConvicted() public {
        Receipt memory receipt = _answerTo(address(_client));
        _convictDirect(receipt);
        _passWindow();
        _expectRefusal(receipt, Clause.NotConvicted, "NotConvicted");
        _requireFinal(receipt, 0);
    }

    // replay

    function test_use_refusesTheSameAnswerTwice() public {
        Receipt memory receipt = _answerTo(address(_client));
        _client.use(receipt, _direct(), receipt.inputCommitment);
        assertEq(_used(receipt), _idOf(receipt), "the answer that was used");
        _expectUsed(receipt, receipt);
        _client.use(receipt, _direct(), receipt.inputCommitment);
    }

    /// @dev Another provider's answer to the request would be another one to pay for, or to vote with.
    function test_use_refusesAnotherProvidersAnswerToTheRequest() public {
        Receipt memory receipt = _answerTo(address(_client));
        _client.use(receipt, _direct(), receipt.inputCommitment);
        _register(stranger);
        _stake(stranger, STAKE);
        Receipt memory other = abi.decode(abi.encode(receipt), (Receipt));
        other.provider = stranger;
        _attest(other);
        _expectUsed(other, receipt);
        _client.use(other, _direct(), receipt.inputCommitment);
    }

    function test_use_refusesTheSameAnswerInAnotherPlace() public {
        Receipt memory receipt = _answerTo(address(_client));
        Inclusion memory inclusion = _batched(receipt);
        _client.use(receipt, inclusion, receipt.inputCommitment);
        _expectUsed(receipt, receipt);
        _client.use(receipt, _direct(), receipt.inputCommitment);
    }

    function test_use_refusesAnAnswerForAnotherConsumer() public {
        Client other = new Client(onus, _client.accountabilityPolicy());
        Receipt memory receipt = _answerTo(address(other));
        _expectRefusal(receipt, Clause.Beneficiary, "Beneficiary");
        _client.use(receipt, _direct(), receipt.inputCommitment);
        other.use(receipt, _direct(), receipt.inputCommitment);
        assertEq(_used(receipt), 0, "used by the first");
    }

    /// @dev The receipt's id, under which everything is anchored, holds chain and registry.
    function test_use_refusesAnAnswerForAnotherChainOrRegistry() public {
        Receipt memory receipt = _answerTo(address(_client));
        vm.chainId(7);
        _expectRefusal(receipt, Clause.Collateral, "Collateral");
        _client.use(receipt, _direct(), receipt.inputCommitment);
        vm.chainId(31337);
        _client.use(receipt, _direct(), receipt.inputCommitment);
    }

    function test_use_takesAnAnswerToEveryRequest() public {
        for (uint256 i; i < 3; ++i) {
            Receipt memory receipt = _answerTo(address(_client));
            _client.use(receipt, _direct(), receipt.inputCommitment);
            assertEq(_used(receipt), _idOf(receipt), "the answer that was used");
        }
    }

    // unsafeReadUnchecked

    function test_unsafeRead_saysWhatNobodyWouldAccept() public {
        Receipt memory receipt = _receiptFor(stranger);
        (receipt.provider, receipt.modelId) = (stranger, ModelId.wrap("unknown"));
        Facts memory facts = _client.unsafeReadUnchecked(receipt, _direct());
        Facts memory expected;
        expected.receiptId = onus.receiptIdOf(receipt);
        _assertFacts(facts, expected);
    }

    function test_unsafeRead_saysWhereTheAnswerIs() public {
        Receipt memory receipt = _receiptFor(address(_client));
        vm.warp(START + 5);
        Inclusion memory inclusion = _batched(receipt);
        Facts memory expected = _expected(receipt);
        _assertFacts(_client.unsafeReadUnchecked(receipt, inclusion), expected);
        judge.detain(receipt, inclusion, block.timestamp + 1 days);
        expected.disputed = true;
        _assertFacts(_client.unsafeReadUnchecked(receipt, inclusion), expected);
        _passDispute();
        expected.open = false;
        _assertFacts(_client.unsafeReadUnchecked(receipt, inclusion), expected);
    }

    function test_unsafeRead_saysWhatBecameOfTheProvider() public {
        Receipt memory receipt = _answerTo(address(_client));
        vm.prank(provider);
        onus.startThaw(3e18);
        _convictDirect(receipt);
        Facts memory facts = _client.unsafeReadUnchecked(receipt, _direct());
        assertEq(facts.faults, 1 << 8, "faults");
        assertEq(facts.lastFaultAt, START, "last fault");
        assertEq(facts.thawing, 3e18, "thawing");
        assertEq(facts.stake, onus.account(provider).active, "stake");
        assertEq(facts.unreserved, facts.stake, "unreserved");
        assertEq(facts.lossRatio, 1e18, "loss ratio");
        _convictSigned(receipt);
        assertTrue(_client.unsafeReadUnchecked(receipt, _direct()).tombstoned, "excluded");
    }

    function _expected(Receipt memory receipt) private view returns (Facts memory facts) {
        facts.receiptId = onus.receiptIdOf(receipt);
        (facts.located, facts.open, facts.anchoredAt, facts.window) = (true, true, START + 5, WINDOW);
        (facts.anchoredAs, facts.modelRegistered, facts.providerRegistered) = (modelId, true, true);
        (facts.stake, facts.unreserved) = (STAKE, STAKE - 4 * COVERAGE);
    }

    function _assertFacts(Facts memory actual, Facts memory expected) private pure {
        assertEq(keccak256(abi.encode(actual)), keccak256(abi.encode(expected)), "facts");
    }

    function _requireFinal(Receipt memory receipt, uint32 maxAge) private view {
        _client.requireFinal(receipt, _direct(), receipt.inputCommitment, maxAge);
    }

    function _unmet(Receipt memory receipt) private view returns (uint256) {
        return _client.unmetClauses(receipt, _direct(), receipt.inputCommitment);
    }

    function _used(Receipt memory receipt) private view returns (bytes32) {
        return ReceiptId.unwrap(_client.usedAnswer(address(_client), receipt.requestId));
    }

    function _expectUsed(Receipt memory receipt, Receipt memory used) private {
        ReceiptId id = onus.receiptIdOf(used);
        vm.expectRevert(
            abi.encodeWithSelector(AccountableConsumer.RequestUsed.selector, receipt.requestId, id)
        );
    }
}

/// @dev Uses each answer once.
contract Client is AccountableConsumer {
    AccountabilityPolicy private _policy;

    constructor(IOnus registry, AccountabilityPolicy memory policy) AccountableConsumer(registry) {
        _policy = policy;
    }

    function use(Receipt calldata receipt, Inclusion calldata inclusion, bytes32 question) external {
        _requireAccountable(receipt, inclusion, question);
        _useOnce(receipt);
    }

    function accountabilityPolicy() public view override returns (AccountabilityPolicy memory) {
        return _policy;
    }
}
