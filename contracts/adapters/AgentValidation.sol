// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IAgentValidation} from "../interfaces/IAgentValidation.sol";
import {Fault} from "../interfaces/IFault.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IValidationRegistry} from "../interfaces/IValidationRegistry.sol";
import {Place} from "../libraries/Place.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {AgentLink} from "./AgentLink.sol";

/// @title AgentValidation
/// @notice A validator of ERC-8004 that reads what it says out of the registry.
contract AgentValidation is IAgentValidation, AgentLink {
    using ReceiptLib for Receipt;

    uint8 private constant RIGHT = 100;
    uint8 private constant WRONG = 0;

    IValidationRegistry private immutable _validations;

    mapping(ReceiptId receiptId => bytes32 requestHash) private _publishedAs;

    constructor(
        IOnus onus,
        IValidationRegistry validations
    ) AgentLink(onus, IERC721(validations.getIdentityRegistry())) {
        _validations = validations;
    }

    /// @inheritdoc IAgentValidation
    function publish(Receipt calldata receipt, Inclusion calldata inclusion, bytes32 salt) external {
        ReceiptId id = _onus.receiptIdOf(receipt);
        bytes32 asked = requestHashOf(id, salt);
        (address validator, uint256 agentId, uint8 response, , , uint256 updatedAt) = _validations
            .getValidationStatus(asked);
        if (validator != address(this)) revert NotRequested(asked);
        bytes32 before = _publishedAs[id];
        uint256 faults = _onus.faultsOf(receipt.requestKey());
        // From 100 to 0, where it said 100.
        if (before != 0 && (faults == 0 || before != asked || response != RIGHT))
            revert AlreadyPublished(id, before);
        _publishedAs[id] = asked;
        if (faults != 0) return _publishFault(receipt, asked, agentId, faults);
        _requireLinked(receipt.provider, agentId);
        _requireFinal(receipt, inclusion, id, asked, updatedAt);
        _validations.validationResponse(asked, RIGHT, "", ReceiptId.unwrap(id), "onus-final");
    }

    /// @inheritdoc IAgentValidation
    function requestFor(
        Receipt calldata receipt,
        bytes32 salt
    ) external view returns (address validator, uint256 agentId, bytes32 requestHash) {
        bool linked;
        (linked, agentId) = agentOf(receipt.provider);
        if (!linked) revert NotLinked(receipt.provider, agentId);
        return (address(this), agentId, requestHashOf(_onus.receiptIdOf(receipt), salt));
    }

    /// @inheritdoc IAgentValidation
    function requestHashOf(ReceiptId receiptId, bytes32 salt) public pure returns (bytes32) {
        return salt == 0 ? ReceiptId.unwrap(receiptId) : keccak256(abi.encode(receiptId, salt));
    }

    /// @inheritdoc IAgentValidation
    function publishedAs(ReceiptId receiptId) external view returns (bytes32) {
        return _publishedAs[receiptId];
    }

    /// @inheritdoc IAgentValidation
    function validationRegistry() external view returns (IValidationRegistry) {
        return _validations;
    }

    /// @dev Neither unlinking nor selling the agent takes back what was asked about it.
    function _publishFault(Receipt calldata receipt, bytes32 asked, uint256 agentId, uint256 faults) private {
        if (!wasLinked(receipt.provider, agentId)) revert NotLinked(receipt.provider, agentId);
        (Fault fault, string memory tag) = _firstOf(faults);
        bytes32 offence = keccak256(abi.encode(receipt.requestKey(), fault));
        _validations.validationResponse(asked, WRONG, "", offence, tag);
    }

    function _requireFinal(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ReceiptId id,
        bytes32 asked,
        uint256 askedAt
    ) private view {
        if (receipt.coverage == 0) revert CoverageNone(id);
        (, Lock memory lock, uint256 window, bool open) = _onus.locate(receipt, inclusion);
        if (open) revert Unsettled(id);
        // A provider could anchor the receipt once more where its time is over sooner, or too late.
        uint256 anchoredAt = _onus.lockOf(Place.homeOf(_onus, id, inclusion)).since;
        if (!Place.isAsPromised(receipt, inclusion) || anchoredAt > receipt.anchorBy) revert PlaceInvalid(id);
        uint256 end = lock.since + window;
        if (askedAt > end) revert RequestedLate(asked, askedAt, end);
    }

    /// @dev Byte `f` says whether fault `f` was proven.
    function _firstOf(uint256 faults) private pure returns (Fault, string memory) {
        if (faults & 0xff != 0) return (Fault.Equivocation, "onus-equivocation");
        if ((faults >> 8) & 0xff != 0) return (Fault.WrongExecution, "onus-wrong-execution");
        return (Fault.Omission, "onus-omission");
    }
}
