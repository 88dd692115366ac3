// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IAgentLink} from "../interfaces/IAgentLink.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IProviders} from "../interfaces/IProviders.sol";

/// @title AgentLink
/// @notice Providers and the agents that they are.
abstract contract AgentLink is IAgentLink {
    /// @dev The owner says that there is a link, as every number is an agent id.
    struct Link {
        address owner;
        uint256 agentId;
    }

    IOnus internal immutable _onus;
    IERC721 private immutable _identities;

    mapping(address provider => Link) private _links;
    mapping(address provider => mapping(uint256 agentId => bool)) private _wasLinked;

    constructor(IOnus onus, IERC721 identities) {
        (_onus, _identities) = (onus, identities);
    }

    /// @inheritdoc IAgentLink
    function link(uint256 agentId) external {
        if (_onus.providers().registeredAt(msg.sender) == 0) revert IProviders.ProviderUnknown(msg.sender);
        address owner = _ownerFor(agentId, msg.sender);
        if (owner == address(0)) revert AgentNotYours(agentId, msg.sender);
        _links[msg.sender] = Link(owner, agentId);
        _wasLinked[msg.sender][agentId] = true;
        emit AgentLinked(msg.sender, agentId, owner);
    }

    /// @inheritdoc IAgentLink
    function unlink(uint256 agentId) external {
        Link memory made = _links[msg.sender];
        if (made.owner == address(0) || made.agentId != agentId) revert NotLinked(msg.sender, agentId);
        delete _links[msg.sender];
        emit AgentUnlinked(msg.sender, agentId);
    }

    /// @inheritdoc IAgentLink
    function agentOf(address provider) public view returns (bool linked, uint256 agentId) {
        Link memory made = _links[provider];
        if (made.owner == address(0)) return (false, 0);
        return (_ownerFor(made.agentId, provider) == made.owner, made.agentId);
    }

    /// @inheritdoc IAgentLink
    function wasLinked(address provider, uint256 agentId) public view returns (bool) {
        return _wasLinked[provider][agentId];
    }

    /// @inheritdoc IAgentLink
    function identityRegistry() external view returns (IERC721) {
        return _identities;
    }

    function _requireLinked(address provider, uint256 agentId) internal view {
        (bool linked, uint256 current) = agentOf(provider);
        if (!linked || current != agentId) revert NotLinked(provider, agentId);
    }

    /// @dev The agent's owner, if the provider is that or may act for it; else, or if there is no such agent, zero.
    function _ownerFor(uint256 agentId, address provider) private view returns (address) {
        try _identities.ownerOf(agentId) returns (address owner) {
            bool may =
                owner == provider ||
                    _identities.isApprovedForAll(owner, provider) ||
                    _identities.getApproved(agentId) == provider;
            return may ? owner : address(0);
        } catch {
            return address(0);
        }
    }
}
