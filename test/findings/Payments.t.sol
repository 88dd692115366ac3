// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Onus} from "../../contracts/core/Onus.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {BlockingToken, FeeToken, HookToken, ITransferHook} from "../helpers/Tokens.sol";
import {FindingTest} from "./FindingTest.sol";

/// @dev Calls the registry once more whenever it is paid.
contract Again is ITransferHook {
    Onus private immutable _onus;
    bytes private _call;
    /// @dev Selector of the error with which the inner call was refused.
    bytes4 public refused;

    constructor(Onus onus, HookToken token) {
        _onus = onus;
        token.hook();
    }

    function arm(bytes calldata call) external {
        _call = call;
    }

    /// @inheritdoc ITransferHook
    function onTransfer() external {
        (bool success, bytes memory result) = address(_onus).call(_call);
        if (!success) refused = bytes4(result);
    }
}

/// @dev Tokens and recipients that misbehave.
contract PaymentFindingsTest is FindingTest {
    function test_T29_ELCert_H01_SYMCert_L02_SYMCert_L04_whoReentersIsPaidOnce() public {
        HookToken hooked = new HookToken();
        _registryOf(address(hooked));
        hooked.mint(provider, STAKE);
        _depositOf(provider, STAKE);
        Again again = new Again(onus, hooked);
        Receipt memory receipt = _anchored(10e18);
        _convictAs(address(again), receipt);
        bytes32 id = _idOf(receipt);
        again.arm(abi.encodeCall(onus.claimReward, (id)));
        _pass(ESCROW);
        onus.claimReward(id);
        assertEq(hooked.balanceOf(address(again)), 8e18, "reward");
        assertEq(bytes32(again.refused()), bytes32(IConvictions.PayoutEmpty.selector), "refused with");
    }

    function test_T31_Zellic_aTokenWithAFeeIsRefused() public {
        FeeToken fee = new FeeToken();
        _registryOf(address(fee));
        fee.mint(provider, STAKE);
        vm.prank(provider);
        fee.approve(address(onus), STAKE);
        vm.prank(provider);
        _rejects(IStake.TokenAmountMismatch.selector);
        onus.deposit(uint128(STAKE));
    }

    function test_T32_SYMCert_M04_aBlockedRecipientBlocksNobodyElse() public {
        BlockingToken blocking = new BlockingToken();
        _registryOf(address(blocking));
        blocking.mint(provider, STAKE);
        _depositOf(provider, STAKE);
        Receipt memory receipt = _anchored(10e18);
        blocking.setBlocked(consumer);
        _convictDirect(receipt);
        _pass(ESCROW);
        _rejects(BlockingToken.Blocked.selector);
        onus.claimRestitution(receipt);
        onus.claimReward(_idOf(receipt));
        onus.burn(_idOf(receipt));
        blocking.setBlocked(address(0));
        onus.claimRestitution(receipt);
        assertEq(blocking.balanceOf(consumer), 10e18, "restitution, later");
    }

    function test_T33_OPDelayedWETH_ELIP016_aWrongConvictionIsGivenBackWhileItIsInEscrow() public {
        _stake(provider, STAKE);
        Receipt memory receipt = _anchored(10e18);
        _convictDirect(receipt);
        bytes32 id = _idOf(receipt);
        _pass(ESCROW - 1);
        vm.prank(guardian);
        governance.returnPayout(id, receipt);
        assertEq(_books(provider).active, STAKE, "active stake");
        _pass(1);
        _rejects(IConvictions.PayoutEmpty.selector);
        onus.claimReward(id);
    }

    function test_T33_OPDelayedWETH_whatHasMaturedIsNotTakenBack() public {
        _stake(provider, STAKE);
        Receipt memory receipt = _anchored(10e18);
        _convictDirect(receipt);
        bytes32 id = _idOf(receipt);
        _pass(ESCROW);
        vm.prank(guardian);
        _rejects(IConvictions.PayoutSettled.selector);
        governance.returnPayout(id, receipt);
        onus.claimRestitution(receipt);
    }
}
