// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IFault, ITimedFault} from "../interfaces/IFault.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {IModels} from "../interfaces/IModels.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {Terms} from "../types/Terms.sol";
import {Convictions} from "./Convictions.sol";
import {Keys} from "./Keys.sol";
import {Receipts} from "./Receipts.sol";
import {Rules} from "./Rules.sol";
import {Stake} from "./Stake.sol";

/// @title Onus
/// @notice Attestations of AI inference with money behind them.
/// @dev The one contract that holds the token, read bottom-up: `Keys` (and faults) and `Rules` (terms, clock) <-
/// `Stake` (money) <- `Receipts` (reservation) <- `Payouts` (escrow) <- `Convictions` (liability). Beside it stand
/// `Providers`, `Models`, `Reputation` and the judges. It has no upgrade; what governance may do is in `IRules` and
/// `IConvictions.returnPayout`.
contract Onus is IOnus, Convictions, ERC165 {
    /// @notice Everything that is chosen at deployment.
    struct Parameters {
        /// A plain ERC-20.
        IERC20 token;
        IProviders providers;
        IModels models;
        IReputation reputation;
        IFault equivocation;
        ITimedFault wrongExecution;
        ITimedFault omission;
        /// Who may change terms and hold up the registry within `IRules`; zero for nobody, ever.
        IGovernance governance;
        /// Seconds that stake takes to leave; at least `MAX_WINDOW`, the longest dispute and `BUFFER` together, at most
        /// 30 days.
        uint256 thawPeriod;
        /// The first terms.
        Terms terms;
    }

    /// @dev Between the end of the longest dispute and the moment at which stake could leave.
    uint256 private constant BUFFER = 2 days;

    /// @dev No two stops fall into it: signatures count for as long as stake thaws, and one stop.
    uint256 private constant LONGEST_THAW = 30 days;

    IModels private immutable _models;

    constructor(
        Parameters memory p
    )
        Keys(p.providers)
        Rules(address(p.governance), p.terms)
        Stake(p.token, p.thawPeriod)
        Receipts(p.reputation)
        Convictions(p.equivocation, p.wrongExecution, p.omission)
    {
        _models = p.models;
        _requireContract(address(p.token), "token");
        _requireContract(address(p.providers), "providers");
        _requireContract(address(p.models), "models");
        _requireContract(address(p.reputation), "reputation");
        _requireContract(address(p.equivocation), "equivocation");
        _requireContract(address(p.wrongExecution), "wrongExecution");
        _requireContract(address(p.omission), "omission");
        if (
            p.thawPeriod < MAX_WINDOW + p.wrongExecution.longestGame() + BUFFER || p.thawPeriod > LONGEST_THAW
        ) revert ParameterInvalid("thawPeriod");
        p.providers.bind();
        p.reputation.bind();
        p.wrongExecution.bind();
        p.omission.bind();
        if (address(p.governance) != address(0)) p.governance.bind();
    }

    /// @inheritdoc IOnus
    function reputation() external view returns (IReputation) {
        return _reputation;
    }

    /// @inheritdoc IOnus
    function models() external view returns (IModels) {
        return _models;
    }

    /// @notice ERC-165: `IOnus` and ERC-5267.
    function supportsInterface(bytes4 id) public view override returns (bool) {
        return
            id == type(IOnus).interfaceId || id == type(IERC5267).interfaceId || super.supportsInterface(id);
    }

    function _requireContract(address module, string memory name) private view {
        if (module.code.length == 0) revert ParameterInvalid(name);
    }
}
