// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title IValidationRegistry
/// @notice What the project uses of the validation registry of ERC-8004 (draft).
/// @dev A request has a hash that is unique in the whole registry: whoever sends it first has it. Only the validator
/// that it names responds, as often as it likes; the last response counts.
interface IValidationRegistry {
    event ValidationRequest(
        address indexed validatorAddress,
        uint256 indexed agentId,
        string requestURI,
        bytes32 indexed requestHash
    );
    event ValidationResponse(
        address indexed validatorAddress,
        uint256 indexed agentId,
        bytes32 indexed requestHash,
        uint8 response,
        string responseURI,
        bytes32 responseHash,
        string tag
    );

    /// @notice Asks a validator about an agent. Only the agent's owner or operator.
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external;

    /// @notice Responds with 0 to 100. Only the validator that was asked.
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external;

    /// @notice The ERC-721 of the agents.
    function getIdentityRegistry() external view returns (address);

    /// @notice `lastUpdate` in Unix seconds: of the request until there is a response.
    function getValidationStatus(
        bytes32 requestHash
    )
        external
        view
        returns (
            address validatorAddress,
            uint256 agentId,
            uint8 response,
            bytes32 responseHash,
            string memory tag,
            uint256 lastUpdate
        );
}
