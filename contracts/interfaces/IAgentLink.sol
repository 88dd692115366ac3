// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title IAgentLink
/// @notice Which agent of ERC-8004 a provider is.
/// @dev Both sides have to agree: the provider links itself, and it must own the agent or be its operator. The link holds
/// for as long as that is so and the agent has the same owner: who buys an agent buys no provider. What was true once is
/// remembered, so that nobody takes back a fault by unlinking. The first agent id is 0, so zero means nothing.
interface IAgentLink {
    /// @dev The sender neither owns the agent nor may act for its owner.
    error AgentNotYours(uint256 agentId, address provider);
    error NotLinked(address provider, uint256 agentId);

    event AgentLinked(address indexed provider, uint256 indexed agentId, address indexed owner);
    event AgentUnlinked(address indexed provider, uint256 indexed agentId);

    /// @notice Says that the sender, a registered provider, answers as that agent, instead of any other.
    /// Reverts for: `IProviders.ProviderUnknown`, `AgentNotYours`. Emits: `AgentLinked`.
    function link(uint256 agentId) external;

    /// @notice Takes that back. Reverts for: `NotLinked`. Emits: `AgentUnlinked`.
    function unlink(uint256 agentId) external;

    /// @notice The agent of a provider. `linked` is false if it has none, or if the link does not hold any more.
    function agentOf(address provider) external view returns (bool linked, uint256 agentId);

    /// @notice Whether the provider has ever answered as that agent.
    function wasLinked(address provider, uint256 agentId) external view returns (bool);

    function identityRegistry() external view returns (IERC721);
}
