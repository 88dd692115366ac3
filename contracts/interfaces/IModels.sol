// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelId} from "../types/ModelId.sol";
import {ModelHeader} from "../types/Program.sol";

/// @title IModels
/// @notice Content-addressed programs. Anyone can register one; nobody can change one.
/// @dev Registration proves nothing about the program behind the hashes: whoever relies on a model
/// lowers the ONNX file themselves and compares the `ModelId`.
interface IModels {
    error ModelExists(ModelId modelId);
    error SemanticsUnsupported(uint32 semantics);
    error MethodUnsupported(uint32 method);
    error ModelHeaderInvalid(string what);

    event ModelRegistered(
        ModelId indexed modelId,
        address indexed registrant,
        ModelHeader header,
        string uri
    );

    /// @notice Registers the model that `header` describes; `uri` says where its ONNX file is served.
    /// Reverts for: `ModelExists`, `SemanticsUnsupported`, `MethodUnsupported`, `ModelHeaderInvalid`.
    /// Emits: `ModelRegistered`.
    function registerModel(ModelHeader calldata header, string calldata uri) external returns (ModelId);

    /// @notice Unix seconds of the registration, zero if unknown.
    function modelRegisteredAt(ModelId modelId) external view returns (uint256);
}
