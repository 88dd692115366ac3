// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOnus} from "../interfaces/IOnus.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {IStake} from "../interfaces/IStake.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {AccountabilityPolicy, Assurance, Clause, Expected} from "../types/AccountabilityPolicy.sol";
import {Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";

/// @title PolicyCheck
/// @notice Which clauses of a policy an answer does not meet. Twin of the names: `src/protocol/policy.ts`.
library PolicyCheck {
    using ReceiptLib for Receipt;

    /// @notice One bit per unmet clause; zero means that the answer is accountable enough.
    function unmet(
        IOnus onus,
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        Expected memory expected
    ) internal view returns (uint256 mask) {
        mask = _answer(onus, policy, receipt, expected);
        mask |= _provider(onus, policy, receipt);
        mask |= _collateral(onus, policy, receipt, inclusion);
    }

    /// @notice The name of the lowest unmet clause, as revert reasons give it.
    function firstName(uint256 mask) internal pure returns (string memory) {
        string[13] memory names = [
            "Collateral",
            "NotConvicted",
            "ProviderStanding",
            "Beneficiary",
            "Trace",
            "Model",
            "Assurance",
            "Coverage",
            "Stake",
            "Score",
            "Age",
            "Window",
            "Input"
        ];
        for (uint256 i; i < names.length; ++i) {
            if ((mask >> i) & 1 == 1) return names[i];
        }
        return "";
    }

    /// @dev The clauses about what the receipt says.
    function _answer(
        IOnus onus,
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Expected memory expected
    ) private view returns (uint256 mask) {
        mask = _bit(Clause.Beneficiary, receipt.consumer == expected.beneficiary);
        mask |= _bit(Clause.Input, _isQuestion(expected.inputCommitment, receipt.inputCommitment));
        mask |= _bit(Clause.Trace, receipt.traceCommitment != 0);
        mask |= _bit(Clause.Model, _isModel(onus, policy.modelId, receipt.modelId));
        mask |= _bit(Clause.Coverage, receipt.coverage >= policy.minCoverage);
        mask |= _bit(Clause.Age, _isFresh(receipt.issuedAt, policy.maxAge));
    }

    /// @dev The clauses about who answered, and what came of it.
    function _provider(
        IOnus onus,
        AccountabilityPolicy memory policy,
        Receipt calldata receipt
    ) private view returns (uint256 mask) {
        mask = _bit(Clause.NotConvicted, onus.faultsOf(receipt.requestKey()) == 0);
        IStake.Account memory stake = onus.account(receipt.provider);
        mask |= _bit(Clause.ProviderStanding, !stake.tombstoned);
        mask |= _bit(Clause.Stake, stake.active >= policy.minStake);
        mask |= _bit(Clause.Score, _hasScore(onus, receipt, policy.minScore));
    }

    /// @dev The clauses that depend on where the collateral is. A path that proves nothing is no collateral.
    function _collateral(
        IOnus onus,
        AccountabilityPolicy memory policy,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) private view returns (uint256) {
        try onus.locate(receipt, inclusion) returns (bytes32, Lock memory lock, uint256 window, bool open) {
            return
                _bit(Clause.Collateral, receipt.coverage != 0 && lock.since <= receipt.anchorBy) |
                _bit(Clause.Assurance, policy.assurance == Assurance.Anchored || !open) |
                _bit(Clause.Window, window >= policy.minWindow && window >= receipt.challengeWindow) |
                _bit(Clause.Model, _isAnchoredAs(inclusion, receipt.modelId));
        } catch {
            return _bit(Clause.Collateral, false);
        }
    }

    /// @dev Zero is the commitment of a question that nobody asked.
    function _isQuestion(bytes32 asked, bytes32 answered) private pure returns (bool) {
        return asked != 0 && asked == answered;
    }

    function _isModel(IOnus onus, ModelId wanted, ModelId modelId) private view returns (bool) {
        if (ModelId.unwrap(wanted) == 0) return onus.models().modelRegisteredAt(modelId) != 0;
        return ModelId.unwrap(wanted) == ModelId.unwrap(modelId);
    }

    /// @dev A batch under another model's name would earn that model's reputation.
    function _isAnchoredAs(Inclusion calldata inclusion, ModelId modelId) private pure returns (bool) {
        return
            inclusion.batch.count == 0 || ModelId.unwrap(inclusion.batch.modelId) == ModelId.unwrap(modelId);
    }

    function _hasScore(IOnus onus, Receipt calldata receipt, uint256 least) private view returns (bool) {
        if (least == 0) return true;
        IReputation reputation = onus.reputation();
        IReputation.Standing memory overall = reputation.reputation(receipt.provider);
        IReputation.Standing memory here = reputation.reputationFor(receipt.provider, receipt.modelId);
        return overall.scored && here.scored && overall.score >= least && here.score >= least;
    }

    function _isFresh(uint256 issuedAt, uint256 maxAge) private view returns (bool) {
        if (issuedAt > block.timestamp) return false;
        return maxAge == 0 || block.timestamp - issuedAt <= maxAge;
    }

    function _bit(Clause clause, bool met) private pure returns (uint256) {
        return met ? 0 : 1 << uint256(clause);
    }
}
