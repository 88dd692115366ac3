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
/// reserved for. What was taken waits in escrow: until it is paid, governance may give all of it back to the provider,
/// and nothing else. Payouts are pulled by anyone for the recipients.
interface IConvictions {
    /// @notice What one conviction took, in token units, and how it is divided; the rest is burned.
    struct Taken {
        uint128 bond;
        uint128 punitive;
        uint128 restitution;
        uint128 reward;
    }

    /// @notice What one conviction owes. Amounts in token units; zero once paid or given back.
    struct Payout {
        address challenger;
        /// Seconds on the registry's clock.
        uint40 maturesAt;
        /// Unix seconds from which the challenger's claim counts.
        uint40 since;
        Fault fault;
        /// Everything went back to the provider.
        bool returned;
        uint128 restitution;
        uint128 reward;
        uint128 burnable;
    }

    error NotGuilty(ReceiptId receiptId, Fault fault);
    /// @dev The offence has been punished and no bond is left to take.
    error AlreadyConvicted(OffenceId offenceId, ReceiptId receiptId);
    /// @dev Equivocation and omission are proven by signatures alone; wrong execution needs an anchored receipt.
    error CollateralRequired(Fault fault);
    /// @dev Omission is about receipts without collateral.
    error CollateralNeedless(Fault fault);
    error PayoutEmpty(bytes32 payoutId);
    error PayoutNotMatured(bytes32 payoutId, uint40 maturesAt);
    /// @dev It can be claimed already, or was given back before.
    error PayoutSettled(bytes32 payoutId);
    /// @dev The payout is not of this receipt.
    error PayoutMismatch(bytes32 payoutId);

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
    event PayoutBurned(bytes32 indexed payoutId, uint256 amount);
    event PayoutReturned(bytes32 indexed payoutId, address indexed provider, uint256 amount);

    /// @notice Convicts an anchored receipt whose window is open; the sender is the challenger. If the offence was
    /// convicted already, a sender whose claim counts from earlier (`ICommitments`) takes the reward over, until it
    /// can be claimed, also while disputes are stopped; then nothing is taken. A call that is not sent says what a
    /// conviction would take.
    /// Reverts for: what `locate` reverts for, `WindowClosed`, `NotGuilty`, `AlreadyConvicted`, `DisputesStopped`,
    /// `CollateralNeedless`, and what the fault's module reverts for on a bad proof. Emits: `Convicted`, or `RewardMoved`.
    function convict(
        Fault fault,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes calldata evidence
    ) external returns (OffenceId, Taken memory);

    /// @notice Convicts by signatures alone: nothing needs to be anchored, so no bond is taken. Equivocation excludes
    /// the provider, so it happens once; bonds are for `convict` to take.
    /// Reverts for: what `verifySigned` reverts for, `CollateralRequired`, `ProviderTombstoned`, and as `convict`.
    function convictSigned(
        Fault fault,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata evidence
    ) external returns (OffenceId, Taken memory);

    /// @notice Pays the consumer of a convicted receipt. Anyone may call.
    /// Reverts for: `PayoutEmpty`, `PayoutNotMatured`, `DisputesStopped`. Emits: `PayoutClaimed`.
    function claimRestitution(Receipt calldata receipt) external;

    /// @notice Pays the challenger of a conviction. Anyone may call.
    /// Reverts for: `PayoutEmpty`, `PayoutNotMatured`, `DisputesStopped`. Emits: `PayoutClaimed`.
    function claimReward(bytes32 payoutId) external;

    /// @notice Burns what is left of a conviction. Anyone may call.
    /// Reverts for: `PayoutEmpty`, `PayoutNotMatured`, `DisputesStopped`. Emits: `PayoutBurned`.
    function burn(bytes32 payoutId) external;

    /// @notice Gives back to the provider all that a conviction took, while it is in escrow; what was proven stays.
    /// Only governance. `receipt` is one that the payout is of.
    /// Reverts for: `SenderNotGovernance`, `PayoutMismatch`, `PayoutEmpty`, `PayoutSettled`. Emits: `PayoutReturned`.
    function returnPayout(bytes32 payoutId, Receipt calldata receipt) external;

    /// @notice What was proven about the request that this key names; zero if nothing was. Byte `f` says
    /// which fault within 90 days fault `f` was: 1, 2 or 3.
    function faultsOf(RequestKey key) external view returns (uint256);

    function payout(bytes32 payoutId) external view returns (Payout memory);

    /// @notice Token units paid to consumers for a provider's faults in all.
    function restituted(address provider) external view returns (uint256);

    function faultModule(Fault fault) external view returns (IFault);
}
