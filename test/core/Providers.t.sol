// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IProviders} from "../../contracts/interfaces/IProviders.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {Batch} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {Role} from "../../contracts/types/Role.sol";
import {OnusTest} from "../helpers/OnusTest.sol";
import {OwnerContract} from "../helpers/OwnerContract.sol";

contract ProvidersTest is OnusTest {
    uint256 private constant OWNER_KEY = 0x0417;
    bytes32 private constant KEY_CHANGE_TYPEHASH = keccak256(
        "KeyChange(address provider,address key,uint64 validUntil,uint8 roles,uint256 nonce,uint64 deadline)"
    );
    address private immutable _key = address(0xbeef);

    function test_register_recordsTheTimeAndNothingElse() public {
        vm.expectEmit(address(providers));
        emit IProviders.ProviderRegistered(stranger, "https://provider.example");
        _register(stranger);
        assertEq(providers.registeredAt(stranger), START, "registered at");
        IKeys.FaultRecord memory record = onus.faultRecord(stranger);
        assertEq(record.registeredAt, START, "registered at");
        assertEq(record.lastFaultAt, 0, "last fault");
        assertEq(record.previousFaultAt, 0, "previous fault");
        assertEq(record.faults, 0, "faults");
        assertEq(record.slashed, 0, "slashed");
        assertFalse(onus.account(stranger).tombstoned, "tombstoned");
    }

    function test_register_refusesASecondTime() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderExists.selector, provider));
        _register(provider);
    }

    function test_registeredAt_isZeroWhenUnknown() public view {
        assertEq(providers.registeredAt(stranger), 0, "registered at");
    }

    function test_setUri_emitsTheNewOne() public {
        vm.expectEmit(address(providers));
        emit IProviders.ProviderUriChanged(provider, "ipfs://new");
        vm.prank(provider);
        providers.setUri("ipfs://new");
    }

    function test_setUri_refusesTheUnregistered() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, stranger));
        vm.prank(stranger);
        providers.setUri("ipfs://new");
    }

    function test_addKey_isValidFromNowUntilItsEnd() public {
        vm.expectEmit(address(providers));
        emit IProviders.KeyAdded(provider, _key, uint64(START), uint64(START + 1), Role.ALL);
        _addKey(START + 1);
        _assertValidity(START, START + 1);
    }

    function test_addKey_refusesTheUnregistered() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, stranger));
        vm.prank(stranger);
        providers.addKey(_key, KEY_UNTIL, Role.ALL);
    }

    function test_addKey_refusesTheZeroAddress() public {
        vm.expectRevert(IProviders.KeyZero.selector);
        vm.prank(provider);
        providers.addKey(address(0), KEY_UNTIL, Role.ALL);
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
        providers.addKey(_key, KEY_UNTIL, Role.ALL);
        _assertValidity(START, KEY_UNTIL);
        assertEq(onus.keyValidity(stranger, _key).from, START + 5, "from of the other provider");
    }

    function test_revokeKey_endsItAfterThisSecond() public {
        _addKey(KEY_UNTIL);
        vm.warp(START + 10);
        vm.expectEmit(address(providers));
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
        providers.revokeKey(_key);
    }

    function test_revokeKey_refusesOneThatHasEnded() public {
        _addKey(KEY_UNTIL);
        _revokeKey();
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyExpired.selector, provider, _key, START + 1));
        _revokeKey();
    }

    function test_revokeKey_acceptsTheLastSecondAndRefusesTheEnd() public {
        _addKey(START + 100);
        vm.warp(START + 100);
        vm.expectRevert(abi.encodeWithSelector(IProviders.KeyExpired.selector, provider, _key, START + 100));
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

    // roles

    function testFuzz_addKey_keepsTheRoles(uint8 roles) public {
        roles = uint8(bound(roles, 1, 3));
        vm.expectEmit(address(providers));
        emit IProviders.KeyAdded(provider, _key, uint64(START), KEY_UNTIL, roles);
        _addKeyFor(roles);
        assertEq(onus.keyValidity(provider, _key).roles, roles, "roles");
    }

    function testFuzz_addKey_refusesRolesThatDoNotExist(uint8 roles) public {
        roles = roles % 4 == 0 ? 0 : uint8(bound(roles, 4, 255));
        vm.expectRevert(abi.encodeWithSelector(IProviders.RolesInvalid.selector, roles));
        _addKeyFor(roles);
    }

    function test_revokeKey_leavesTheRolesForOldEvidence() public {
        _addKeyFor(Role.SIGN);
        _revokeKey();
        assertEq(onus.keyValidity(provider, _key).roles, Role.SIGN, "roles");
    }

    function test_keys_thatAnchorSignNothing() public {
        address key = vm.addr(OWNER_KEY);
        vm.prank(provider);
        providers.addKey(key, KEY_UNTIL, Role.ANCHOR);
        Receipt memory receipt = _receipt(1);
        bytes memory signature = _sign(OWNER_KEY, receipt);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _idOf(receipt), key));
        onus.verifySigned(receipt, signature);
        _stake(provider, MIN_STAKE);
        vm.prank(key);
        onus.attest(receipt);
        Batch memory batch = _batchOfOne();
        vm.prank(key);
        onus.anchor(batch);
        assertEq(onus.account(provider).locked, 4, "locked");
    }

    /// @dev What is anchored binds the provider without a signature: such a key is to be kept like the stake.
    function test_keys_thatAnchorAreWorthAlmostHalfOfTheStake() public {
        address thief = vm.addr(OWNER_KEY);
        vm.prank(provider);
        providers.addKey(thief, KEY_UNTIL, Role.ANCHOR);
        _stake(provider, MIN_STAKE);
        Receipt memory receipt = _receipt(MIN_STAKE / 4);
        receipt.consumer = thief;
        vm.prank(thief);
        onus.attest(receipt);
        vm.prank(thief);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        vm.warp(START + ESCROW);
        onus.claimRestitution(receipt);
        onus.claimReward(_idOf(receipt));
        assertEq(token.balanceOf(thief), (MIN_STAKE * 45) / 100, "what the thief has");
    }

    function test_keys_thatSignAnchorNothing() public {
        address key = vm.addr(OWNER_KEY);
        vm.prank(provider);
        providers.addKey(key, KEY_UNTIL, Role.SIGN);
        Receipt memory receipt = _receipt(1);
        onus.verifySigned(receipt, _sign(OWNER_KEY, receipt));
        _stake(provider, MIN_STAKE);
        bytes memory refusal = abi.encodeWithSelector(IKeys.SenderNotAuthorised.selector, key, provider);
        Batch memory batch = _batchOfOne();
        vm.expectRevert(refusal);
        vm.prank(key);
        onus.attest(receipt);
        vm.expectRevert(refusal);
        vm.prank(key);
        onus.anchor(batch);
    }

    function test_setKeyAndEnlist_areForTheModuleOnly() public {
        IKeys.KeyValidity memory validity = IKeys.KeyValidity(uint64(START), KEY_UNTIL, Role.ALL);
        address[3] memory senders = [stranger, provider, address(governance)];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IKeys.SenderNotAuthorised.selector, senders[i], provider));
            vm.prank(senders[i]);
            onus.setKey(provider, _key, validity);
            vm.expectRevert(abi.encodeWithSelector(IKeys.SenderNotAuthorised.selector, senders[i], stranger));
            vm.prank(senders[i]);
            onus.enlist(stranger);
        }
    }

    // changeKey

    function testFuzz_changeKey_addsWhatTheOwnerSigned(uint8 roles, uint64 until) public {
        IProviders.KeyChange memory change = _ownChange();
        change.roles = uint8(bound(roles, 1, 3));
        change.validUntil = uint64(bound(until, START + 1, type(uint64).max));
        bytes memory signature = _signChange(OWNER_KEY, change);
        vm.expectEmit(address(providers));
        emit IProviders.KeyAdded(change.provider, _key, uint64(START), change.validUntil, change.roles);
        vm.prank(stranger);
        providers.changeKey(change, signature);
        IKeys.KeyValidity memory validity = onus.keyValidity(change.provider, _key);
        assertEq(validity.from, START, "from");
        assertEq(validity.until, change.validUntil, "until");
        assertEq(validity.roles, change.roles, "roles");
        assertEq(providers.nonces(change.provider), 1, "nonce");
        assertEq(onus.keyValidity(stranger, _key).until, 0, "the sender's keys");
    }

    function test_changeKey_revokesWhenNoRolesAreNamed() public {
        IProviders.KeyChange memory change = _ownChange();
        providers.changeKey(change, _signChange(OWNER_KEY, change));
        (change.roles, change.nonce, change.validUntil) = (0, 1, 0);
        vm.expectEmit(address(providers));
        emit IProviders.KeyRevoked(change.provider, _key, uint64(START + 1));
        providers.changeKey(change, _signChange(OWNER_KEY, change));
        assertEq(onus.keyValidity(change.provider, _key).until, START + 1, "until");
    }

    function test_changeKey_acceptsTheDeadlineAndRefusesTheSecondAfter() public {
        IProviders.KeyChange memory change = _ownChange();
        bytes memory signature = _signChange(OWNER_KEY, change);
        vm.warp(change.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ChangeExpired.selector, change.deadline));
        providers.changeKey(change, signature);
        vm.warp(change.deadline);
        providers.changeKey(change, signature);
    }

    function test_changeKey_refusesAReplay() public {
        IProviders.KeyChange memory change = _ownChange();
        bytes memory signature = _signChange(OWNER_KEY, change);
        providers.changeKey(change, signature);
        vm.expectRevert(_wrongNonce(change.provider, 1));
        providers.changeKey(change, signature);
        (change.nonce, change.key) = (1, address(0xcafe));
        vm.expectRevert(_notSigned(change.provider));
        providers.changeKey(change, signature);
    }

    function testFuzz_changeKey_refusesOtherNonces(uint256 nonce) public {
        IProviders.KeyChange memory change = _ownChange();
        change.nonce = nonce == 0 ? 1 : nonce;
        bytes memory signature = _signChange(OWNER_KEY, change);
        vm.expectRevert(_wrongNonce(change.provider, 0));
        providers.changeKey(change, signature);
    }

    function test_changeKey_refusesASignatureOfAnotherProviderOrOfAKey() public {
        IProviders.KeyChange memory change = _ownChange();
        uint256[2] memory others = [uint256(0xBAD), KEY];
        _register(vm.addr(0xBAD));
        for (uint256 i; i < 2; ++i) {
            bytes memory signature = _signChange(others[i], change);
            vm.expectRevert(_notSigned(change.provider));
            providers.changeKey(change, signature);
        }
        change.provider = provider;
        bytes memory byKey = _signChange(KEY, change);
        vm.expectRevert(_notSigned(provider));
        providers.changeKey(change, byKey);
        assertEq(providers.nonces(provider), 0, "nonce");
    }

    function testFuzz_changeKey_bindsEveryMember(uint8 which) public {
        IProviders.KeyChange memory change = _ownChange();
        bytes memory signature = _signChange(OWNER_KEY, change);
        which = which % 4;
        if (which == 0) change.key = address(0xcafe);
        if (which == 1) change.validUntil = KEY_UNTIL + 1;
        if (which == 2) change.roles = Role.ALL;
        if (which == 3) change.deadline += 1;
        vm.expectRevert(_notSigned(change.provider));
        providers.changeKey(change, signature);
    }

    function test_changeKey_bindsChainAndContract() public {
        IProviders.KeyChange memory change = _ownChange();
        bytes memory signature = _signChange(OWNER_KEY, change);
        vm.chainId(77);
        vm.expectRevert(_notSigned(change.provider));
        providers.changeKey(change, signature);
    }

    function test_changeKey_refusesWhatTheOwnerCouldNotDoItself() public {
        IProviders.KeyChange memory change = _ownChange();
        change.key = address(0);
        _refuseChange(change, abi.encodeWithSelector(IProviders.KeyZero.selector));
        (change.key, change.roles) = (_key, 4);
        _refuseChange(change, abi.encodeWithSelector(IProviders.RolesInvalid.selector, 4));
        change.roles = 0;
        _refuseChange(change, abi.encodeWithSelector(IProviders.KeyUnknown.selector, change.provider, _key));
        (change.roles, change.validUntil) = (Role.SIGN, uint64(START));
        _refuseChange(change, abi.encodeWithSelector(IProviders.KeyExpiryPast.selector, START, START));
        assertEq(providers.nonces(change.provider), 0, "nonce");
    }

    function test_changeKey_refusesTheUnregistered() public {
        IProviders.KeyChange memory change = _change(vm.addr(0xBAD));
        bytes memory signature = _signChange(0xBAD, change);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, change.provider));
        providers.changeKey(change, signature);
    }

    function test_changeKey_asksAnOwnerThatIsAContract() public {
        OwnerContract owner = new OwnerContract(vm.addr(OWNER_KEY));
        _register(address(owner));
        IProviders.KeyChange memory change = _change(address(owner));
        bytes memory bad = _signChange(0xBAD, change);
        vm.expectRevert(_notSigned(address(owner)));
        providers.changeKey(change, bad);
        bytes memory signature = _signChange(OWNER_KEY, change);
        providers.changeKey(change, signature);
        assertEq(onus.keyValidity(address(owner), _key).roles, Role.SIGN, "roles");
        vm.expectRevert(_wrongNonce(address(owner), 1));
        providers.changeKey(change, signature);
        // The same signature says nothing about the person behind the contract.
        _register(vm.addr(OWNER_KEY));
        change.provider = vm.addr(OWNER_KEY);
        vm.expectRevert(_notSigned(change.provider));
        providers.changeKey(change, signature);
    }

    function test_changeKey_refusesAContractThatSaysNothing() public {
        _register(address(token));
        IProviders.KeyChange memory change = _change(address(token));
        vm.expectRevert(_notSigned(address(token)));
        providers.changeKey(change, "");
    }

    /// @dev Who signs receipts is a key, never a contract that could deny it.
    function test_verifySigned_asksNoContract() public {
        OwnerContract owner = new OwnerContract(vm.addr(OWNER_KEY));
        vm.prank(provider);
        providers.addKey(address(owner), KEY_UNTIL, Role.ALL);
        Receipt memory receipt = _receipt(1);
        bytes memory signature = _sign(OWNER_KEY, receipt);
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _idOf(receipt), vm.addr(OWNER_KEY))
        );
        onus.verifySigned(receipt, signature);
    }

    function _ownChange() private returns (IProviders.KeyChange memory) {
        _register(vm.addr(OWNER_KEY));
        return _change(vm.addr(OWNER_KEY));
    }

    /// @dev To let the key sign.
    function _change(address owner) private view returns (IProviders.KeyChange memory) {
        return IProviders.KeyChange(owner, _key, KEY_UNTIL, Role.SIGN, 0, uint64(START + 1 hours));
    }

    function _refuseChange(IProviders.KeyChange memory change, bytes memory refusal) private {
        bytes memory signature = _signChange(OWNER_KEY, change);
        vm.expectRevert(refusal);
        providers.changeKey(change, signature);
    }

    function _signChange(
        uint256 key,
        IProviders.KeyChange memory change
    ) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Onus Providers"),
                keccak256("1"),
                block.chainid,
                address(providers)
            )
        );
        bytes32 content = keccak256(bytes.concat(KEY_CHANGE_TYPEHASH, abi.encode(change)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked(hex"1901", domain, content))
        );
        return abi.encodePacked(r, s, v);
    }

    function _batchOfOne() private returns (Batch memory) {
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = _receipt(1);
        return _batchOf(receipts);
    }

    function _addKeyFor(uint8 roles) private {
        vm.prank(provider);
        providers.addKey(_key, KEY_UNTIL, roles);
    }

    function _notSigned(address owner) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProviders.ChangeNotSigned.selector, owner);
    }

    function _wrongNonce(address owner, uint256 next) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, owner, next);
    }

    function _addKey(uint256 until) private {
        vm.prank(provider);
        providers.addKey(_key, uint64(until), Role.ALL);
    }

    function _revokeKey() private {
        vm.prank(provider);
        providers.revokeKey(_key);
    }

    function _assertValidity(uint256 from, uint256 until) private view {
        IKeys.KeyValidity memory validity = onus.keyValidity(provider, _key);
        assertEq(validity.from, from, "from");
        assertEq(validity.until, until, "until");
    }
}
