// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IValidationRegistry} from "../../contracts/interfaces/IValidationRegistry.sol";

/// @title Agents
/// @notice What the identity registry of ERC-8004 does as far as it matters here: the first agent is 0.
contract Agents is ERC721("AgentIdentity", "AGENT") {
    uint256 private _lastId;

    function register() external returns (uint256 agentId) {
        agentId = _lastId++;
        _safeMint(msg.sender, agentId);
    }

    function burn(uint256 agentId) external {
        _burn(agentId);
    }
}

/// @title Validations
/// @notice What the validation registry of ERC-8004 does: request hashes are unique in all of it, whoever is first has
/// one; a validator may respond as often as it likes, and only the last response stays.
contract Validations is IValidationRegistry {
    struct Status {
        address validatorAddress;
        uint256 agentId;
        uint8 response;
        bytes32 responseHash;
        string tag;
        uint256 lastUpdate;
    }

    IERC721 private immutable _agents;
    mapping(bytes32 requestHash => Status) private _statuses;

    constructor(IERC721 agents) {
        _agents = agents;
    }

    /// @inheritdoc IValidationRegistry
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external {
        require(validatorAddress != address(0), "bad validator");
        require(_statuses[requestHash].validatorAddress == address(0), "exists");
        address owner = _agents.ownerOf(agentId);
        require(
            msg.sender == owner ||
                _agents.isApprovedForAll(owner, msg.sender) ||
                _agents.getApproved(agentId) == msg.sender,
            "Not authorized"
        );
        _statuses[requestHash] = Status(validatorAddress, agentId, 0, 0, "", block.timestamp);
        emit ValidationRequest(validatorAddress, agentId, requestURI, requestHash);
    }

    /// @inheritdoc IValidationRegistry
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external {
        Status storage status = _statuses[requestHash];
        require(status.validatorAddress != address(0), "unknown");
        require(msg.sender == status.validatorAddress, "not validator");
        require(response <= 100, "resp>100");
        (status.response, status.responseHash, status.tag) = (response, responseHash, tag);
        status.lastUpdate = block.timestamp;
        emit ValidationResponse(
            msg.sender,
            status.agentId,
            requestHash,
            response,
            responseURI,
            responseHash,
            tag
        );
    }

    /// @inheritdoc IValidationRegistry
    function getIdentityRegistry() external view returns (address) {
        return address(_agents);
    }

    /// @inheritdoc IValidationRegistry
    function getValidationStatus(
        bytes32 requestHash
    ) external view returns (address, uint256, uint8, bytes32, string memory, uint256) {
        Status memory s = _statuses[requestHash];
        require(s.validatorAddress != address(0), "unknown");
        return (s.validatorAddress, s.agentId, s.response, s.responseHash, s.tag, s.lastUpdate);
    }
}
