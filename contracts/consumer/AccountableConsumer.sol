// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOnus} from "../interfaces/IOnus.sol";
import {AccountabilityPolicy, Assurance, Expected, Facts} from "../types/AccountabilityPolicy.sol";
import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {PolicyCheck} from "./PolicyCheck.sol";

/// @title AccountableConsumer
/// @notice Base of a contract that acts only on answers with enough accountability behind them.
/// @dev Override `accountabilityPolicy`; before an answer is used, call `_requireAccountable` (or `requireFinal`) and
/// `_useOnce`. What a receipt is bound to, and by what:
/// ```
/// chain, registry    the EIP-712 domain: the receipt's id is another one elsewhere, so nothing is anchored there
/// consumer           clause Beneficiary: it names who is owed restitution (`beneficiary`)
/// question           clause Input: it commits to the input that this contract asked about
/// request            `_useOnce`: one answer per request, whoever gives it
/// ```
/// Two contracts with one beneficiary that ask the same under the same request id can both use one answer.
abstract contract AccountableConsumer {
    IOnus public immutable onus;

    /// @dev Per who is owed restitution, as `beneficiary` may change.
    mapping(address consumer => mapping(bytes32 requestId => ReceiptId)) private _used;

    /// @dev `clause` names the first unmet clause, `unmet` has one bit for each (`Clause`).
    error AnswerRefused(ReceiptId receiptId, string clause, uint256 unmet);
    /// @dev This contract has used an answer to the request before.
    error RequestUsed(bytes32 requestId, ReceiptId usedReceiptId);

    constructor(IOnus onus_) {
        onus = onus_;
    }

    /// @notice What this contract demands of an answer.
    function accountabilityPolicy() public view virtual returns (AccountabilityPolicy memory);

    /// @notice Who is owed restitution for answers given to this contract.
    function beneficiary() public view virtual returns (address) {
        return address(this);
    }

    /// @notice One bit per clause of the policy that the answer does not meet (`Clause`).
    /// @param inputCommitment Of the question that was asked: without it, an honest answer to another
    /// question would do.
    function unmetClauses(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 inputCommitment
    ) public view returns (uint256) {
        return
            PolicyCheck.unmet(onus, accountabilityPolicy(), receipt, inclusion, _expected(inputCommitment));
    }

    /// @notice Passes if the answer meets the policy, is final whatever the policy says, and is at most `maxAge`
    /// seconds old; the lower of `maxAge` and the policy's counts, and zero leaves it to the policy.
    /// Reverts for: `AnswerRefused`.
    function requireFinal(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 inputCommitment,
        uint32 maxAge
    ) public view {
        _requirePolicy(_finalPolicy(maxAge), receipt, inclusion, _expected(inputCommitment));
    }

    /// @notice What the registry says about a receipt, without refusing anything: for pages and logs.
    /// @dev Unsafe to act on. Not checked: the policy; that anything was anchored (`located`), in time, or with
    /// coverage; that nothing was proven; that the provider is in good standing; that the receipt names this
    /// contract, answers its question, or was not used before. A receipt that somebody made up has facts, too.
    function unsafeReadUnchecked(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) public view returns (Facts memory) {
        return PolicyCheck.factsOf(onus, receipt, inclusion);
    }

    /// @notice The answer that was used for a request; zero if none was.
    function usedAnswer(address consumer, bytes32 requestId) public view returns (ReceiptId) {
        return _used[consumer][requestId];
    }

    /// @dev Remembers that the request has its answer: a second one is refused, also of another provider.
    function _useOnce(Receipt calldata receipt) internal {
        ReceiptId used = _used[receipt.consumer][receipt.requestId];
        if (ReceiptId.unwrap(used) != 0) revert RequestUsed(receipt.requestId, used);
        _used[receipt.consumer][receipt.requestId] = onus.receiptIdOf(receipt);
    }

    /// @dev Reverts with `AnswerRefused` unless every clause is met.
    function _requireAccountable(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 inputCommitment
    ) internal view {
        _requirePolicy(accountabilityPolicy(), receipt, inclusion, _expected(inputCommitment));
    }

    /// @dev The same under a policy, and for a beneficiary, of one's own.
    function _requirePolicy(
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        Expected memory expected
    ) internal view {
        uint256 unmet = PolicyCheck.unmet(onus, policy, receipt, inclusion, expected);
        if (unmet != 0) revert AnswerRefused(onus.receiptIdOf(receipt), PolicyCheck.firstName(unmet), unmet);
    }

    /// @dev The policy, made stricter.
    function _finalPolicy(uint32 maxAge) internal view returns (AccountabilityPolicy memory policy) {
        policy = accountabilityPolicy();
        policy.assurance = Assurance.Final;
        if (maxAge != 0 && (policy.maxAge == 0 || maxAge < policy.maxAge)) policy.maxAge = maxAge;
    }

    function _expected(bytes32 inputCommitment) private view returns (Expected memory) {
        return Expected(beneficiary(), inputCommitment);
    }
}
