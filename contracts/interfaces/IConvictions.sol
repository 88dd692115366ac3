// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inclusion} from "../types/Batch.sol";
import {OffenceId} from "../types/OffenceId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {RequestKey} from "../types/RequestKey.sol";
import {Fault, IFault} from "./IFault.sol";

/// @title IConvictions
/// @notice Turns a proven fault into liability.
/// @dev
/// ```
/// bond       what is still reserved for the receipt (2 x coverage), taken once per receipt
/// punitive   first conviction of an offence: max(2 x coverage, 1 % of the stake) x 1, 2, 4 by faults in 90 days;
///            by signatures alone: 1 % of the stake x 1, 2, 4, whatever coverage the receipt promises
///            a further bond of the same offence: the bond x the same factor
///            from unreserved stake only, clamped to what is there
/// consumer   half of the bond, which is its coverage exactly (burned if the receipt names nobody)
/// challenger 20 % of bond + punitive
/// burned     the rest
/// ```
/// An offence is one fault about one request, so it is punished once however many receipts, elements
/// or challengers there are, while each reserved bond remains payable to the consumer it was
/// reserved for. Payouts wait `escrow` seconds and are pulled by anyone for the two recipients.
interface IConvictions {
    /// @notice What one conviction owes.
    struct Payout {
        address challenger;
        uint64 maturesAt;
        address consumer;
        /// Unix seconds from which the challenger's claim counts.
        uint64 since;
        Fault fault;
        /// Token units for the consumer; zero once claimed.
        uint128 restitution;
        /// Token units for the challenger; zero once claimed.
        uint128 reward;
    }

    error NotGuilty(ReceiptId receiptId, Fault fault);
    /// @dev The offence has been punished and no bond is left to take.
    error AlreadyConvicted(OffenceId offenceId, ReceiptId receiptId);
    /// @dev Only equivocation is proven by signatures alone; other faults need an anchored receipt.
    error CollateralRequired(Fault fault);
    error PayoutEmpty(bytes32 payoutId);
    error PayoutNotMatured(bytes32 payoutId, uint64 maturesAt);

    event Convicted(
        ReceiptId indexed receiptId,
        address indexed provider,
        address indexed challenger,
        Fault fault,
        OffenceId offenceId,
        bytes32 payoutId,
        uint256 bond,
        uint256 punitive,
        uint256 restitution,
        uint256 reward
    );
    /// @dev An earlier challenger has taken the reward over.
    event RewardMoved(
        ReceiptId indexed receiptId,
        OffenceId indexed offenceId,
        address from,
        address indexed to
    );
    event PayoutClaimed(bytes32 indexed payoutId, address indexed to, uint256 amount);

    /// @notice Convicts an anchored receipt whose window is open; the sender is the challenger. If the offence was
    /// convicted already, a sender whose claim counts from earlier (`ICommitments`) takes the reward over, until it
    /// can be claimed.
    /// Reverts for: what `locate` reverts for, `WindowClosed`, `NotGuilty`, `AlreadyConvicted`, and what
    /// the fault's module reverts for on a bad proof. Emits: `Convicted`, `ReputationUpdated`, or `RewardMoved`.
    function convict(
        Fault fault,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes calldata evidence
    ) external returns (OffenceId);

    /// @notice Convicts by signatures alone: nothing needs to be anchored, so no bond is taken. It excludes
    /// the provider, so it happens once; bonds are for `convict` to take.
    /// Reverts for: what `verifySigned` reverts for, `CollateralRequired`, `ProviderUnknown`,
    /// `ProviderTombstoned`, and as `convict`.
    function convictSigned(
        Fault fault,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata evidence
    ) external returns (OffenceId);

    /// @notice Pays the consumer of a conviction. Anyone may call.
    /// Reverts for: `PayoutEmpty`, `PayoutNotMatured`. Emits: `PayoutClaimed`.
    function claimRestitution(bytes32 payoutId) external;

    /// @notice Pays the challenger of a conviction. Anyone may call.
    /// Reverts for: `PayoutEmpty`, `PayoutNotMatured`. Emits: `PayoutClaimed`.
    function claimReward(bytes32 payoutId) external;

    /// @notice What was proven about the request that this key names; zero if nothing was. Byte `f` says
    /// which fault within 90 days fault `f` was: 1, 2 or 3.
    function faultsOf(RequestKey key) external view returns (uint256);

    function requestKeyOf(Receipt calldata receipt) external pure returns (RequestKey);

    function payout(bytes32 payoutId) external view returns (Payout memory);

    /// @notice Seconds between a conviction and its payouts.
    function escrow() external view returns (uint256);

    function faultModule(Fault fault) external view returns (IFault);
}
