// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProviders} from "../../contracts/interfaces/IProviders.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract ProvidersTest is OnusTest {
    address private immutable _key = address(0xbeef);

    function test_register_recordsTheTimeAndNothingElse() public {
        vm.expectEmit(address(onus));
        emit IProviders.ProviderRegistered(stranger, "https://provider.example");
        _register(stranger);
        IProviders.ProviderRecord memory record = onus.providerRecord(stranger);
        assertEq(record.registeredAt, START, "registered at");
        assertEq(record.lastFaultAt, 0, "last fault");
        assertEq(record.previousFaultAt, 0, "previous fault");
        assertEq(record.faults, 0, "faults");
        assertFalse(record.tombstoned, "tombstoned");
    }

    function test_register_refusesASecondTime() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderExists.selector, provider));
        _register(provider);
    }

    function test_providerRecord_isZeroWhenUnknown() public view {
        assertEq(onus.providerRecord(stranger).registeredAt, 0, "registered at");
    }

    function test_setUri_emitsTheNewOne() public {
        vm.expectEmit(address(onus));
        emit IProviders.ProviderUriChanged(provider, "ipfs://new");
        vm.prank(provider);
        onus.setUri("ipfs://new");
    }

    function test_setUri_refusesTheUnregistered() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, stranger));
        vm.prank(stranger);
        onus.setUri("ipfs://new");
    }

    function test_addKey_isValidFromNowUntilItsEnd() public {
        vm.expectEmit(address(onus));
        emit IProviders.KeyAdded(provider, _key, uint64(START), uint64(START + 1));
        _addKey(START + 1);
        _assertValidity(START, START + 1);
    }

    function test_addKey_refusesTheUnregistered() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, stranger));
        vm.prank(stranger);
        onus.addKey(_key, KEY_UNTIL);
    }

    function test_addKey_refusesTheZeroAddress() public {
        vm.expectRevert(IProviders.KeyZero.selector);
        vm.prank(provider);
        onus.addKey(address(0), KEY_UNTIL);
    }

    function testFuzz_addKey_refusesAnEndThatIsNotInTheFuture(uint256 until) public {
        until = bound(until, 0, START);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyExpiryPast.selector, until, START));
        _addKey(until);
    }

    function test_addKey_refusesAKeyThatExists() public {
        _addKey(KEY_UNTIL);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyExists.selector, provider, _key));
        _addKey(KEY_UNTIL);
    }

    function test_addKey_refusesAKeyThatWasRevoked() public {
        _addKey(KEY_UNTIL);
        _revokeKey();
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyExists.selector, provider, _key));
        _addKey(KEY_UNTIL);
    }

    function test_addKey_refusesAKeyThatExpired() public {
        _addKey(START + 1);
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyExists.selector, provider, _key));
        _addKey(KEY_UNTIL);
    }

    function test_addKey_letsTwoProvidersUseTheSameKey() public {
        _register(stranger);
        _addKey(KEY_UNTIL);
        vm.warp(START + 5);
        vm.prank(stranger);
        onus.addKey(_key, KEY_UNTIL);
        _assertValidity(START, KEY_UNTIL);
        assertEq(onus.keyValidity(stranger, _key).from, START + 5, "from of the other provider");
    }

    function test_revokeKey_endsItAfterThisSecond() public {
        _addKey(KEY_UNTIL);
        vm.warp(START + 10);
        vm.expectEmit(address(onus));
        emit IProviders.KeyRevoked(provider, _key, uint64(START + 11));
        _revokeKey();
        _assertValidity(START, START + 11);
    }

    function test_revokeKey_refusesAnUnknownKey() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyUnknown.selector, provider, _key));
        _revokeKey();
    }

    function test_revokeKey_refusesTheKeyOfAnotherProvider() public {
        _addKey(KEY_UNTIL);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyUnknown.selector, stranger, _key));
        vm.prank(stranger);
        onus.revokeKey(_key);
    }

    function test_revokeKey_refusesOneThatHasEnded() public {
        _addKey(KEY_UNTIL);
        _revokeKey();
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyNotValid.selector, provider, _key, START + 1));
        _revokeKey();
    }

    function test_revokeKey_acceptsTheLastSecondAndRefusesTheEnd() public {
        _addKey(START + 100);
        vm.warp(START + 100);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyNotValid.selector, provider, _key, START + 100));
        _revokeKey();
        vm.warp(START + 99);
        _revokeKey();
        _assertValidity(START, START + 100);
    }

    function testFuzz_revokeKey_neverExtends(uint256 until, uint256 moment) public {
        until = bound(until, START + 1, START + 1000 days);
        moment = bound(moment, START, until - 1);
        _addKey(until);
        vm.warp(moment);
        _revokeKey();
        assertLe(onus.keyValidity(provider, _key).until, until, "until");
        assertEq(onus.keyValidity(provider, _key).until, moment + 1, "until");
    }

    function _addKey(uint256 until) private {
        vm.prank(provider);
        onus.addKey(_key, uint64(until));
    }

    function _revokeKey() private {
        vm.prank(provider);
        onus.revokeKey(_key);
    }

    function _assertValidity(uint256 from, uint256 until) private view {
        IProviders.KeyValidity memory validity = onus.keyValidity(provider, _key);
        assertEq(validity.from, from, "from");
        assertEq(validity.until, until, "until");
    }
}
