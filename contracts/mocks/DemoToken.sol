// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title DemoToken
/// @notice A plain ERC-20 with permit for local chains and tests. Anyone may mint: it is worth nothing.
contract DemoToken is ERC20, ERC20Permit {
    constructor() ERC20("Onus Demo Token", "DEMO") ERC20Permit("Onus Demo Token") {}

    /// @notice Mints `amount` (18 decimals) to `to`.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
