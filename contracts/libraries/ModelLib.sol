// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ModelId} from "../types/ModelId.sol";
import {ModelHeader} from "../types/Program.sol";

/// @title ModelLib
/// @notice The content hash of a model. Twin: `src/protocol/model.ts`.
library ModelLib {
    bytes32 private constant DOMAIN = keccak256("onus.model.v1");

    function id(ModelHeader memory header) internal pure returns (ModelId) {
        return ModelId.wrap(keccak256(abi.encode(DOMAIN, header)));
    }
}
