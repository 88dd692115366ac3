// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentValidation} from "../../contracts/adapters/AgentValidation.sol";
import {IAgentLink} from "../../contracts/interfaces/IAgentLink.sol";
import {IAgentValidation} from "../../contracts/interfaces/IAgentValidation.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {IProviders} from "../../contracts/interfaces/IProviders.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IValidationRegistry} from "../../contracts/interfaces/IValidationRegistry.sol";
import {Batch, Inclusion} from "../../contracts/types/Batch.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {Agents, Validations} from "../helpers/AgentRegistries.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract AgentValidationTest is OnusTest {
    Agents private _agents;
    Validations private _validations;
    AgentValidation private _adapter;

    struct Response {
        uint256 agentId;
        uint8 response;
        bytes32 responseHash;
        string tag;
    }

    function setUp() public override {
        super.setUp();
        _agents = new Agents();
        _validations = new Validations(_agents);
        _adapter = new AgentValidation(IOnus(address(onus)), _validations);
        _stake(provider, 10 * MIN_STAKE);
        vm.prank(provider);
        _agents.register();
        vm.prank(provider);
        _adapter.link(0);
    }

    function test_constructor_takesTheIdentitiesOfTheValidationRegistry() public view {
        assertEq(address(_adapter.validationRegistry()), address(_validations), "validations");
        assertEq(address(_adapter.identityRegistry()), address(_agents), "identities");
    }

    // link

    function test_link_saysWhoOwnsTheAgent() public {
        vm.prank(stranger);
        uint256 agentId = _agents.register();
        vm.prank(stranger);
        _agents.approve(provider, agentId);
        vm.expectEmit(address(_adapter));
        emit IAgentLink.AgentLinked(provider, agentId, stranger);
        vm.prank(provider);
        _adapter.link(agentId);
        _assertLinked(true, agentId);
        assertTrue(_adapter.wasLinked(provider, agentId), "linked before");
        assertFalse(_adapter.wasLinked(stranger, agentId), "the owner");
    }

    function test_link_isOfTheFirstAgentToo() public view {
        (bool linked, uint256 agentId) = _adapter.agentOf(provider);
        assertTrue(linked, "linked");
        assertEq(agentId, 0, "agent");
        (linked, ) = _adapter.agentOf(stranger);
        assertFalse(linked, "nobody is agent 0 by default");
    }

    function test_link_isForProviders() public {
        vm.prank(stranger);
        uint256 agentId = _agents.register();
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, stranger));
        vm.prank(stranger);
        _adapter.link(agentId);
    }

    function test_link_refusesTheAgentOfAnother() public {
        vm.prank(stranger);
        uint256 agentId = _agents.register();
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.AgentNotYours.selector, agentId, provider));
        vm.prank(provider);
        _adapter.link(agentId);
    }

    function test_link_refusesAnAgentThatIsNotThere() public {
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.AgentNotYours.selector, 99, provider));
        vm.prank(provider);
        _adapter.link(99);
    }

    function test_link_allowsOperatorsForAsLongAsTheyAre() public {
        vm.prank(stranger);
        uint256 agentId = _agents.register();
        vm.prank(stranger);
        _agents.setApprovalForAll(provider, true);
        vm.prank(provider);
        _adapter.link(agentId);
        _assertLinked(true, agentId);
        vm.prank(stranger);
        _agents.setApprovalForAll(provider, false);
        _assertLinked(false, agentId);
    }

    function test_agentOf_breaksWhenTheAgentIsTransferredOrBurned() public {
        vm.prank(provider);
        _agents.transferFrom(provider, stranger, 0);
        _assertLinked(false, 0);
        // Not even if the provider may act for the new owner.
        vm.prank(stranger);
        _agents.setApprovalForAll(provider, true);
        _assertLinked(false, 0);
        _agents.burn(0);
        _assertLinked(false, 0);
    }

    function test_unlink_isForOnesOwnLink() public {
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.NotLinked.selector, stranger, 0));
        vm.prank(stranger);
        _adapter.unlink(0);
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.NotLinked.selector, provider, 1));
        vm.prank(provider);
        _adapter.unlink(1);
        vm.expectEmit(address(_adapter));
        emit IAgentLink.AgentUnlinked(provider, 0);
        vm.prank(provider);
        _adapter.unlink(0);
        _assertLinked(false, 0);
        assertTrue(_adapter.wasLinked(provider, 0), "remembered");
    }

    // publish

    function test_publish_saysThatAReceiptIsFinal() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        _passWindow();
        bytes32 id = _idOf(receipt);
        _expectResponse(id, Response(0, 100, id, "onus-final"));
        _adapter.publish(receipt, _direct(), 0);
        _assertResponse(id, Response(0, 100, id, "onus-final"));
        assertEq(_adapter.publishedAs(onus.receiptIdOf(receipt)), id, "published");
    }

    function test_publish_saysThatAReceiptOfABatchIsFinal() public {
        Receipt[] memory receipts = new Receipt[](3);
        for (uint256 i; i < 3; ++i) receipts[i] = _receipt(1e18);
        _anchor(_batchOf(receipts));
        _request(receipts[1], 0);
        _passWindow();
        _adapter.publish(receipts[1], _inclusion(receipts, 1), 0);
        bytes32 id = _idOf(receipts[1]);
        _assertResponse(id, Response(0, 100, id, "onus-final"));
    }

    function test_publish_saysWhichFaultWasProven() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        _convictDirect(receipt);
        bytes32 offence = _offence(receipt, Fault.WrongExecution);
        _expectResponse(_idOf(receipt), Response(0, 0, offence, "onus-wrong-execution"));
        _adapter.publish(receipt, _direct(), 0);
        _assertResponse(_idOf(receipt), Response(0, 0, offence, "onus-wrong-execution"));
    }

    function test_publish_saysThatARequestWasAnsweredTwice() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        onus.convictSigned(Fault.Equivocation, receipt, _sign(KEY, receipt), _against(_rival(receipt)));
        _adapter.publish(receipt, _direct(), 0);
        bytes32 offence = _offence(receipt, Fault.Equivocation);
        _assertResponse(_idOf(receipt), Response(0, 0, offence, "onus-equivocation"));
    }

    function test_publish_saysThatAReceiptWasNeverAnchored() public {
        Receipt memory receipt = _receipt(1e18);
        bytes memory signature = _sign(KEY, receipt);
        _request(receipt, 0);
        vm.warp(receipt.anchorBy + 1);
        omission.claim{value: omission.answerPrice()}(receipt, signature);
        vm.warp(block.timestamp + RESPONSE + 1);
        vm.roll(block.number + RESPONSE_BLOCKS);
        onus.convictSigned(Fault.Omission, receipt, signature, "");
        _adapter.publish(receipt, _direct(), 0);
        bytes32 offence = _offence(receipt, Fault.Omission);
        _assertResponse(_idOf(receipt), Response(0, 0, offence, "onus-omission"));
    }

    function test_publish_waitsForTheEndOfTheWindow() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentValidation.Unsettled.selector, onus.receiptIdOf(receipt))
        );
        _adapter.publish(receipt, _direct(), 0);
    }

    function test_publish_refusesWhatWasNotAnchored() public {
        Receipt memory receipt = _receipt(1e18);
        _request(receipt, 0);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(receipt)));
        _adapter.publish(receipt, _direct(), 0);
    }

    function test_publish_refusesWhatNothingWasAtStakeFor() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(0), _receipt(1e18));
        _anchor(_batchOf(receipts));
        _request(receipts[0], 0);
        _passWindow();
        Inclusion memory place = _inclusion(receipts, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAgentValidation.CoverageNone.selector, onus.receiptIdOf(receipts[0]))
        );
        _adapter.publish(receipts[0], place, 0);
    }

    function test_publish_refusesWhatItWasNotAsked() public {
        Receipt memory receipt = _attested();
        bytes32 id = _idOf(receipt);
        vm.prank(provider);
        _validations.validationRequest(stranger, 0, "", id);
        _passWindow();
        vm.expectRevert(abi.encodeWithSelector(IAgentValidation.NotRequested.selector, id));
        _adapter.publish(receipt, _direct(), 0);
    }

    /// @dev Else only what turned out to be right would be asked about.
    function test_publish_refusesWhatWasAskedWhenTheOutcomeWasKnown() public {
        Receipt memory receipt = _attested();
        uint256 end = block.timestamp + WINDOW;
        _passWindow();
        _request(receipt, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAgentValidation.RequestedLate.selector,
                _idOf(receipt),
                block.timestamp,
                end
            )
        );
        _adapter.publish(receipt, _direct(), 0);
    }

    function test_publish_acceptsWhatWasAskedInTheLastSecond() public {
        Receipt memory receipt = _attested();
        vm.warp(START + WINDOW);
        _request(receipt, 0);
        _passWindow();
        _adapter.publish(receipt, _direct(), 0);
        _assertResponse(_idOf(receipt), Response(0, 100, _idOf(receipt), "onus-final"));
    }

    function test_publish_happensOnce() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        _request(receipt, "another");
        _passWindow();
        _adapter.publish(receipt, _direct(), 0);
        bytes4 selector = IAgentValidation.AlreadyPublished.selector;
        bytes32 id = _idOf(receipt);
        vm.expectRevert(abi.encodeWithSelector(selector, id, id));
        _adapter.publish(receipt, _direct(), 0);
        vm.expectRevert(abi.encodeWithSelector(selector, id, id));
        _adapter.publish(receipt, _direct(), "another");
    }

    /// @dev It stands in a batch, too, whose window is longer.
    function test_publish_takesBackWhatIsRefutedElsewhere() public {
        Receipt memory receipt = _attested();
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = receipt;
        Inclusion memory place = _inclusion(receipts, 0);
        place.batch.window = 7 days;
        _anchor(place.batch);
        _request(receipt, 0);
        _passWindow();
        _adapter.publish(receipt, _direct(), 0);
        onus.convict(Fault.WrongExecution, receipt, place, GUILTY);
        _adapter.publish(receipt, _direct(), 0);
        bytes32 offence = _offence(receipt, Fault.WrongExecution);
        _assertResponse(_idOf(receipt), Response(0, 0, offence, "onus-wrong-execution"));
        vm.expectPartialRevert(IAgentValidation.AlreadyPublished.selector);
        _adapter.publish(receipt, _direct(), 0);
    }

    /// @dev A provider that wants to be called right for a lie anchors the receipt once more, where its time is over
    /// before anybody can look.
    function test_publish_refusesAPlaceThatIsNotWhatTheReceiptPromises() public {
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = _attested();
        _request(receipts[0], 0);
        Inclusion memory shorter = _inclusion(receipts, 0);
        shorter.batch.window = 10 minutes;
        _anchor(shorter.batch);
        Inclusion memory elsewhere = _inclusion(receipts, 0);
        elsewhere.batch.modelId = ModelId.wrap(keccak256("another model"));
        _anchor(elsewhere.batch);
        vm.warp(receipts[0].anchorBy + 1);
        Inclusion memory late = _inclusion(receipts, 0);
        _anchor(late.batch);
        vm.warp(block.timestamp + WINDOW + 1);
        vm.roll(START_BLOCK + 2 * WINDOW_BLOCKS);
        bytes memory refusal = abi.encodeWithSelector(
            IAgentValidation.PlaceInvalid.selector,
            _idOf(receipts[0])
        );
        vm.expectRevert(refusal);
        _adapter.publish(receipts[0], shorter, 0);
        vm.expectRevert(refusal);
        _adapter.publish(receipts[0], elsewhere, 0);
        vm.expectRevert(refusal);
        _adapter.publish(receipts[0], late, 0);
        _adapter.publish(receipts[0], _direct(), 0);
        bytes32 id = _idOf(receipts[0]);
        _assertResponse(id, Response(0, 100, id, "onus-final"));
    }

    function test_publish_neitherServesNorFailsForWhoSquatsOnARequest() public {
        Receipt memory receipt = _attested();
        (uint256 agentId, bytes32 id) = _squat(receipt);
        _request(receipt, "another");
        _passWindow();
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.NotLinked.selector, provider, agentId));
        _adapter.publish(receipt, _direct(), 0);
        _adapter.publish(receipt, _direct(), "another");
        bytes32 asked = keccak256(abi.encode(id, bytes32("another")));
        _assertResponse(asked, Response(0, 100, id, "onus-final"));
    }

    function test_publish_ofAFaultIsNotEscapedByUnlinkingOrSelling() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        vm.prank(provider);
        _adapter.unlink(0);
        vm.prank(provider);
        _agents.transferFrom(provider, stranger, 0);
        _convictDirect(receipt);
        _adapter.publish(receipt, _direct(), 0);
        bytes32 offence = _offence(receipt, Fault.WrongExecution);
        _assertResponse(_idOf(receipt), Response(0, 0, offence, "onus-wrong-execution"));
    }

    function test_publish_ofAFaultIsNotForAnAgentThatTheProviderNeverWas() public {
        Receipt memory receipt = _attested();
        (uint256 agentId, bytes32 id) = _squat(receipt);
        _convictDirect(receipt);
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.NotLinked.selector, provider, agentId));
        _adapter.publish(receipt, _direct(), 0);
    }

    function test_publish_ofFinalReceiptsNeedsTheLink() public {
        Receipt memory receipt = _attested();
        _request(receipt, 0);
        _passWindow();
        vm.prank(provider);
        _agents.transferFrom(provider, stranger, 0);
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.NotLinked.selector, provider, 0));
        _adapter.publish(receipt, _direct(), 0);
    }

    function test_requestFor_needsTheLink() public {
        Receipt memory receipt = _receipt(1e18);
        receipt.provider = stranger;
        vm.expectRevert(abi.encodeWithSelector(IAgentLink.NotLinked.selector, stranger, 0));
        _adapter.requestFor(receipt, 0);
    }

    function _attested() private returns (Receipt memory receipt) {
        receipt = _receipt(1e18);
        _attest(receipt);
    }

    /// @dev Somebody else's agent asks about the receipt first.
    function _squat(Receipt memory receipt) private returns (uint256 agentId, bytes32 id) {
        vm.prank(stranger);
        agentId = _agents.register();
        id = _idOf(receipt);
        vm.prank(stranger);
        _validations.validationRequest(address(_adapter), agentId, "", id);
    }

    /// @dev Requests what the adapter says.
    function _request(Receipt memory receipt, bytes32 salt) private {
        (address validator, uint256 agentId, bytes32 asked) = _adapter.requestFor(receipt, salt);
        vm.prank(provider);
        _validations.validationRequest(validator, agentId, "", asked);
    }

    function _offence(Receipt memory receipt, Fault fault) private pure returns (bytes32) {
        bytes32 key = keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId));
        return keccak256(abi.encode(key, fault));
    }

    function _assertLinked(bool expected, uint256 agentId) private view {
        (bool linked, uint256 agent) = _adapter.agentOf(provider);
        assertEq(linked ? 1 : 0, expected ? 1 : 0, "linked");
        if (linked) assertEq(agent, agentId, "agent");
    }

    /// @dev What is said has no file.
    function _expectResponse(bytes32 asked, Response memory expected) private {
        vm.expectEmit(address(_validations));
        emit IValidationRegistry.ValidationResponse(
            address(_adapter),
            expected.agentId,
            asked,
            expected.response,
            "",
            expected.responseHash,
            expected.tag
        );
    }

    function _assertResponse(bytes32 asked, Response memory expected) private view {
        (address validator, uint256 agentId, uint8 response, bytes32 hash, string memory tag, ) = _validations
            .getValidationStatus(asked);
        assertEq(validator, address(_adapter), "validator");
        assertEq(agentId, expected.agentId, "agent");
        assertEq(response, expected.response, "response");
        assertEq(hash, expected.responseHash, "response hash");
        assertEq(tag, expected.tag, "tag");
    }
}
