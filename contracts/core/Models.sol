// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModels} from "../interfaces/IModels.sol";
import {ModelLib} from "../libraries/ModelLib.sol";
import {ModelId} from "../types/ModelId.sol";
import {ModelHeader} from "../types/Program.sol";

/// @title Models
/// @notice Which programs exist. No money, no owner, and no need to know the registry.
contract Models is IModels {
    /// @dev The version of `docs/semantics.md` that the deployed referee implements.
    uint32 private constant SEMANTICS = 2;
    /// @dev Recomputation of one element by the referee: the only method so far.
    uint32 private constant METHOD = 1;
    /// @dev Leaf indices have 32 bits.
    uint256 private constant MAX_DEPTH = 32;

    mapping(ModelId modelId => uint256 timestamp) private _registeredAt;

    /// @inheritdoc IModels
    function registerModel(
        ModelHeader calldata header,
        string calldata uri
    ) external returns (ModelId modelId) {
        if (header.semantics != SEMANTICS) revert SemanticsUnsupported(header.semantics);
        if (header.method != METHOD) revert MethodUnsupported(header.method);
        if (header.stepCount == 0) revert ModelHeaderInvalid("no steps");
        if (
            header.inputDepth > MAX_DEPTH ||
            header.weightsDepth > MAX_DEPTH ||
            header.traceDepth > MAX_DEPTH ||
            header.outputDepth > MAX_DEPTH
        ) revert ModelHeaderInvalid("tree depth above 32");
        modelId = ModelLib.id(header);
        if (_registeredAt[modelId] != 0) revert ModelExists(modelId);
        _registeredAt[modelId] = block.timestamp;
        emit ModelRegistered(modelId, msg.sender, header, uri);
    }

    /// @inheritdoc IModels
    function modelRegisteredAt(ModelId modelId) public view returns (uint256) {
        return _registeredAt[modelId];
    }
}
