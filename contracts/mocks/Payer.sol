// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReputation} from "../interfaces/IReputation.sol";
import {ModelId} from "../types/ModelId.sol";
import {DemoToken} from "./DemoToken.sol";

/// @title Payer
/// @notice Burns fees when it is told to.
contract Payer {
    IReputation private immutable _reputation;

    constructor(IReputation reputation) {
        _reputation = reputation;
        DemoToken(address(reputation.token())).approve(address(reputation), type(uint256).max);
    }

    function pay(address provider, ModelId modelId, uint128 amount) external {
        DemoToken(address(_reputation.token())).mint(address(this), amount);
        _reputation.burnFee(provider, modelId, amount);
    }
}
