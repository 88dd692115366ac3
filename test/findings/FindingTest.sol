// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Batch} from "../../contracts/types/Batch.sol";
import {OffenceId} from "../../contracts/types/OffenceId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

/// @title FindingTest
/// @notice What the tests of published findings have in common. Each is named after the trap and the report that found
/// it in another system; `docs/threat-model.md` has the table.
abstract contract FindingTest is OnusTest {
    uint256 internal constant STAKE = 4 * MIN_STAKE;

    /// @dev A receipt with its bond reserved.
    function _anchored(uint256 coverage) internal returns (Receipt memory receipt) {
        receipt = _receipt(coverage);
        _attest(receipt);
    }

    /// @dev One whose window is the longest there is.
    function _anchoredForLong(uint256 coverage) internal returns (Receipt memory receipt) {
        receipt = _receipt(coverage);
        receipt.challengeWindow = 14 days;
        _attest(receipt);
    }

    function _thaw(uint256 amount) internal {
        vm.prank(provider);
        onus.startThaw(uint128(amount));
    }

    function _withdraw() internal returns (uint256 paid) {
        uint256 balance = token.balanceOf(provider);
        vm.prank(provider);
        onus.withdraw();
        return token.balanceOf(provider) - balance;
    }

    /// @dev Convicts as `who`; returns what was taken in all.
    function _convictAs(address who, Receipt memory receipt) internal returns (uint256) {
        uint256 before = onus.faultRecord(provider).slashed;
        vm.prank(who);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        return onus.faultRecord(provider).slashed - before;
    }

    function _convictSelf(Receipt memory receipt) internal returns (uint256) {
        return _convictAs(receipt.provider, receipt);
    }

    /// @dev Two signatures under one request, shown by `who`.
    function _equivocate(address who, Receipt memory receipt, Receipt memory rival) internal {
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(rival);
        vm.prank(who);
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
    }

    function _offenceOf(Receipt memory receipt, Fault fault) internal pure returns (bytes32) {
        bytes32 key = keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId));
        return keccak256(abi.encode(key, fault));
    }

    function _rejects(bytes4 selector) internal {
        vm.expectPartialRevert(selector);
    }

    function _rejectsStakeTooLow() internal {
        _rejects(IStake.StakeTooLow.selector);
    }

    /// @dev The registry once more, with its modules and another token.
    function _registryOf(address token_) internal {
        _modules();
        Onus.Parameters memory parameters = _parameters();
        parameters.token = IERC20(token_);
        onus = new Onus(parameters);
        _register(provider);
        _addKey(provider, vm.addr(KEY));
    }

    function _depositOf(address who, uint256 amount) internal {
        IERC20 other = onus.token();
        vm.prank(who);
        other.approve(address(onus), amount);
        vm.prank(who);
        onus.deposit(uint128(amount));
    }

    function _stop(uint256 duration) internal {
        vm.prank(guardian);
        governance.stopDisputes(uint24(duration));
    }

    function _pause(uint256 duration) internal {
        vm.prank(guardian);
        governance.pauseAnchors(uint24(duration));
    }

    function _pass(uint256 time) internal {
        vm.warp(block.timestamp + time);
        vm.roll(block.number + time / 12);
    }

    function _lockedBond(Receipt memory receipt) internal view returns (uint256) {
        return onus.lockOf(_idOf(receipt)).bond;
    }
}
