// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {IStake} from "../interfaces/IStake.sol";
import {Place} from "../libraries/Place.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {AccountabilityPolicy, Assurance, Clause, Expected, Facts} from "../types/AccountabilityPolicy.sol";
import {Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";

/// @title PolicyCheck
/// @notice Which clauses of a policy an answer does not meet. Twin of the names: `src/protocol/policy.ts`.
library PolicyCheck {
    using ReceiptLib for Receipt;

    /// @dev Recomputation by the referee: `Models` registers programs of no other method.
    uint32 private constant METHOD = 1;

    /// @notice One bit per unmet clause; zero means that the answer is accountable enough.
    function unmet(
        IOnus onus,
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        Expected memory expected
    ) internal view returns (uint256) {
        return judge(policy, receipt, expected, _factsFor(policy, onus, receipt, inclusion));
    }

    /// @notice Everything that clauses are about.
    function factsOf(
        IOnus onus,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) internal view returns (Facts memory facts) {
        _readPlace(facts, onus, receipt, inclusion);
        _readProvider(facts, onus, receipt);
        _readModel(facts, onus, receipt.modelId);
        _readStanding(facts, onus, receipt);
        _readThaw(facts, onus, receipt.provider);
    }

    /// @notice The clauses that an answer with these facts does not meet in this block.
    function judge(
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Expected memory expected,
        Facts memory facts
    ) internal view returns (uint256) {
        return
            _judgeReceipt(policy, receipt, expected) |
            _judgePlace(policy, receipt, facts) |
            _judgeModel(policy, receipt, facts) |
            _judgeProvider(policy, facts);
    }

    /// @notice The name of the lowest unmet clause, as revert reasons give it.
    function firstName(uint256 mask) internal pure returns (string memory) {
        string[18] memory names = [
            "Collateral",
            "NotConvicted",
            "ProviderStanding",
            "Beneficiary",
            "Input",
            "Trace",
            "Method",
            "Model",
            "Assurance",
            "Coverage",
            "Stake",
            "Unreserved",
            "Score",
            "LossRatio",
            "SinceFault",
            "Thaw",
            "Age",
            "Window"
        ];
        for (uint256 i; i < names.length; ++i) {
            if ((mask >> i) & 1 == 1) return names[i];
        }
        return "";
    }

    /// @dev Reads what the policy asks about and nothing else.
    function _factsFor(
        AccountabilityPolicy memory policy,
        IOnus onus,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) private view returns (Facts memory facts) {
        _readPlace(facts, onus, receipt, inclusion);
        _readProvider(facts, onus, receipt);
        if (ModelId.unwrap(policy.modelId) == 0 || policy.method != 0)
            _readModel(facts, onus, receipt.modelId);
        if (policy.minScore != 0 || policy.maxLossRatio != 0) _readStanding(facts, onus, receipt);
        if (policy.requireNoThaw) _readThaw(facts, onus, receipt.provider);
    }

    /// @dev A path that proves nothing is no place.
    function _readPlace(
        Facts memory facts,
        IOnus onus,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) private view {
        facts.receiptId = onus.receiptIdOf(receipt);
        try onus.locate(receipt, inclusion) returns (
            bytes32 lockId,
            Lock memory lock,
            uint256 window,
            bool open
        ) {
            bytes32 home = Place.homeOf(onus, facts.receiptId, inclusion);
            (facts.located, facts.window, facts.open) = (true, window, open);
            facts.disputed = lockId != home;
            // A dispute moves the beginning of the lock that it makes; where it was anchored still says when.
            facts.anchoredAt = facts.disputed ? onus.lockOf(home).since : lock.since;
            facts.anchoredAs = inclusion.batch.count == 0 ? receipt.modelId : inclusion.batch.modelId;
        } catch {}
    }

    function _readProvider(Facts memory facts, IOnus onus, Receipt calldata receipt) private view {
        facts.faults = onus.faultsOf(receipt.requestKey());
        IKeys.FaultRecord memory record = onus.faultRecord(receipt.provider);
        (facts.providerRegistered, facts.lastFaultAt) = (record.registeredAt != 0, record.lastFaultAt);
        IStake.Account memory stake = onus.account(receipt.provider);
        (facts.tombstoned, facts.stake) = (stake.tombstoned, stake.active);
        facts.unreserved = stake.active - stake.locked;
    }

    function _readModel(Facts memory facts, IOnus onus, ModelId modelId) private view {
        facts.modelRegistered = onus.models().modelRegisteredAt(modelId) != 0;
    }

    function _readStanding(Facts memory facts, IOnus onus, Receipt calldata receipt) private view {
        IReputation reputation = onus.reputation();
        IReputation.Standing memory overall = reputation.reputation(receipt.provider);
        IReputation.Standing memory here = reputation.reputationFor(receipt.provider, receipt.modelId);
        facts.scored = overall.scored && here.scored;
        facts.score = Math.min(overall.score, here.score);
        facts.lossRatio = Math.max(overall.lossRatio, here.lossRatio);
    }

    function _readThaw(Facts memory facts, IOnus onus, address provider) private view {
        facts.thawing = onus.thaw(provider).amount;
    }

    /// @dev The clauses about what the receipt says.
    function _judgeReceipt(
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Expected memory expected
    ) private view returns (uint256) {
        return
            _bit(Clause.Beneficiary, receipt.consumer == expected.beneficiary) |
            _bit(Clause.Input, _isQuestion(expected.inputCommitment, receipt.inputCommitment)) |
            _bit(Clause.Trace, receipt.traceCommitment != 0) |
            _bit(Clause.Coverage, receipt.coverage >= policy.minCoverage) |
            _bit(Clause.Age, _isFresh(receipt.issuedAt, policy.maxAge));
    }

    /// @dev The clauses that depend on where the collateral is. Where there is none, `Collateral` says it all.
    function _judgePlace(
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Facts memory facts
    ) private pure returns (uint256) {
        if (!facts.located) return _bit(Clause.Collateral, false);
        return
            _bit(Clause.Collateral, receipt.coverage != 0 && facts.anchoredAt <= receipt.anchorBy) |
            _bit(Clause.Assurance, policy.assurance == Assurance.Anchored || !facts.open) |
            _bit(Clause.Window, facts.window >= policy.minWindow && facts.window >= receipt.challengeWindow) |
            // A batch under another model's name would earn that model's reputation.
            _bit(Clause.Model, _same(facts.anchoredAs, receipt.modelId));
    }

    function _judgeModel(
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Facts memory facts
    ) private pure returns (uint256) {
        bool any = ModelId.unwrap(policy.modelId) == 0;
        bool method = policy.method == METHOD && facts.modelRegistered;
        return
            _bit(Clause.Model, any ? facts.modelRegistered : _same(policy.modelId, receipt.modelId)) |
            _bit(Clause.Method, policy.method == 0 || method);
    }

    /// @dev The clauses about who answered, and what came of it.
    function _judgeProvider(
        AccountabilityPolicy memory policy,
        Facts memory facts
    ) private view returns (uint256) {
        bool scored = facts.scored && facts.score >= policy.minScore;
        return
            _bit(Clause.NotConvicted, facts.faults == 0) |
            _bit(Clause.ProviderStanding, facts.providerRegistered && !facts.tombstoned) |
            _bit(Clause.Stake, facts.stake >= policy.minStake) |
            _bit(Clause.Unreserved, facts.unreserved >= policy.minUnreserved) |
            _bit(Clause.Score, policy.minScore == 0 || scored) |
            _bit(Clause.LossRatio, policy.maxLossRatio == 0 || facts.lossRatio <= policy.maxLossRatio) |
            _bit(Clause.SinceFault, _isLongAgo(facts.lastFaultAt, policy.minSinceFault)) |
            _bit(Clause.Thaw, !policy.requireNoThaw || facts.thawing == 0);
    }

    /// @dev Zero is the commitment of a question that nobody asked.
    function _isQuestion(bytes32 asked, bytes32 answered) private pure returns (bool) {
        return asked != 0 && asked == answered;
    }

    function _isFresh(uint256 issuedAt, uint256 maxAge) private view returns (bool) {
        if (issuedAt > block.timestamp) return false;
        return maxAge == 0 || block.timestamp - issuedAt <= maxAge;
    }

    function _isLongAgo(uint256 faultAt, uint256 least) private view returns (bool) {
        return faultAt == 0 || block.timestamp - faultAt >= least;
    }

    function _same(ModelId left, ModelId right) private pure returns (bool) {
        return ModelId.unwrap(left) == ModelId.unwrap(right);
    }

    function _bit(Clause clause, bool met) private pure returns (uint256) {
        return met ? 0 : 1 << uint256(clause);
    }
}
